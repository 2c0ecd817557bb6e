/** The time, for texts that say how long ago something was: one timer for all of them. */
import { useSyncExternalStore } from "react";

const EVERY_MS = 30_000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  now = Date.now();
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now();
    timer = setInterval(tick, EVERY_MS);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/** What a component says at this time: it is rendered again only when that changes. */
export const useAtMinute = (say: (now: number) => string): string => useSyncExternalStore(subscribe, () => say(listeners.size === 0 ? Date.now() : now));

/** In milliseconds, at most half a minute old. */
export const useMinute = (): number => useSyncExternalStore(subscribe, () => now);
