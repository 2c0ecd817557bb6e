/** The delay before the next connection attempt. */

const BASE_MS = 400;
const CAP_MS = 20_000;

/** Exponential with full jitter: after a restart the browsers reconnect spread out, not all at once. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  return Math.round(random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt));
}
