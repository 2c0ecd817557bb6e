/** Hands bytes to the browser's downloads, under their own name. */

// Long enough for the browser to have begun.
const CACHE_MS = 5 * 60_000;

export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), CACHE_MS);
}
