/** The files of a paste or drop, when the source offers both text and files. */

/** "offer.pdf" of "file:///home/eva/offer.pdf" or "C:\\Files\\offer.pdf". */
function lastPart(path: string): string {
  const last = path.split(/[/\\]/).at(-1) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** File managers add the file names as text. */
function isListOf(text: string, files: readonly File[]): boolean {
  const names = new Set(files.map(({ name }) => name.normalize()));
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => line !== "").every((line) => names.has(line.normalize()) || names.has(lastPart(line).normalize()));
}

/** Browsers add the image's URL to an image copied or dragged from a page. */
function isPictureAlone(html: string): boolean {
  if (html === "") return false;
  const { body } = new DOMParser().parseFromString(html, "text/html");
  return body.querySelector("img") !== null && body.textContent.trim() === "";
}

/**
 * The files to attach; none when the text is meant. Spreadsheets and word processors add an image of the copied text:
 * the user wants the text.
 */
export function filesOf(data: DataTransfer): readonly File[] {
  const files = [...data.files];
  const text = data.getData("text/plain").trim();
  if (text === "" || isListOf(text, files) || isPictureAlone(data.getData("text/html"))) return files;
  return [];
}
