/** What somebody pastes or drops: text, or files, when a program offers both. */

/** "offer.pdf" of "file:///home/eva/offer.pdf" or "C:\\Files\\offer.pdf". */
function lastPart(path: string): string {
  const last = path.split(/[/\\]/).at(-1) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** File managers put the names of the files beside them. */
function isListOf(text: string, files: readonly File[]): boolean {
  const names = new Set(files.map(({ name }) => name.normalize()));
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => line !== "").every((line) => names.has(line.normalize()) || names.has(lastPart(line).normalize()));
}

/** Browsers put a picture's address beside the picture that was copied or dragged out of a page. */
function isPictureAlone(html: string): boolean {
  if (html === "") return false;
  const { body } = new DOMParser().parseFromString(html, "text/html");
  return body.querySelector("img") !== null && body.textContent.trim() === "";
}

/**
 * The files that are meant; none when the text is.
 *
 * Spreadsheets and word processors copy a picture of what they copy as text: whoever pastes it wants the text.
 */
export function filesOf(data: DataTransfer): readonly File[] {
  const files = [...data.files];
  const text = data.getData("text/plain").trim();
  if (text === "" || isListOf(text, files) || isPictureAlone(data.getData("text/html"))) return files;
  return [];
}
