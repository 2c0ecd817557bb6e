/** A request that the server cannot undo waits a while, and can be taken back until then. */
import { withDeadline } from "./limits";

/** Longer than the toast that offers it is shown. */
export const UNDOABLE_MS = 8_000;

/** Why nothing was requested. */
export class TakenBackError extends Error {
  override readonly name = "TakenBackError";
}

export interface Undoable {
  /** Rejects with TakenBackError if it was taken back. */
  readonly passed: Promise<void>;
  readonly takeBack: () => void;
}

/** Leaving the page ends the wait. */
export function waitUndoable(waitMs = UNDOABLE_MS): Undoable {
  const taking = new AbortController();
  const passed = withDeadline(
    2 * waitMs,
    ({ signal }) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        window.addEventListener("pagehide", () => resolve(), { signal });
        signal.addEventListener("abort", () => clearTimeout(timer));
      }),
    taking.signal,
  );
  return { passed, takeBack: () => taking.abort(new TakenBackError()) };
}
