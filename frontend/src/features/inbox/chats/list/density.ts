/** How tall the rows of the list are: a setting of this device. */
import { useSyncExternalStore } from "react";

export type Density = "comfortable" | "compact";

const STORAGE_KEY = "confab.list-density";
const listeners = new Set<() => void>();

/** The heights of --row and --row-compact in a root font of 16 px. */
const ROWS_REM: Readonly<Record<Density, number>> = { comfortable: 4, compact: 3.25 };

const read = (): Density => (localStorage.getItem(STORAGE_KEY) === "compact" ? "compact" : "comfortable");

export function setDensity(density: Density): void {
  if (density === "compact") localStorage.setItem(STORAGE_KEY, density);
  else localStorage.removeItem(STORAGE_KEY);
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

export const useDensity = (): Density => useSyncExternalStore(subscribe, read);

/** In pixels, for a browser with a larger font too. */
export const rowHeight = (density: Density): number =>
  ROWS_REM[density] * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
