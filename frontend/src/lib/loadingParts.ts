/** Whether parts of the page that are shown are still loading: their keys and buttons will be there soon. */

let count = 0;
const listeners = new Set<() => void>();

export const isLoadingParts = (): boolean => count > 0;

/** Returns how to say that the part is shown, left out, or no longer wanted; only the first call counts. */
export function beginLoadingPart(): () => void {
  let isOver = false;
  count += 1;
  return () => {
    if (isOver) return;
    isOver = true;
    count -= 1;
    if (count === 0) for (const listener of [...listeners]) listener();
  };
}

/** Calls the listener each time the last part is loaded; returns how to stop. */
export function onPartsLoaded(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
