/** Saves a blob as a download with this name. */

// Long enough for the download to start.
const CACHE_MS = 5 * 60_000;

export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), CACHE_MS);
}
