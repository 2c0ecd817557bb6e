/** The limits of every wait in the page, and the one way to wait: nothing is awaited without an end. */

export const LIMITS_MS = {
  /** A request and its answer, when both are small. */
  request: 35_000,
  /** No byte of an upload or a download moved for this long. */
  stall: 45_000,
  /** The body has gone up; what the network stack still holds of it has to arrive, and the server to store it. */
  answer: 90_000,
  /** The browser's database opens, or does one thing. */
  database: 5_000,
  /** A part of the page that is loaded when it is needed. */
  chunk: 20_000,
  /** A recorder hands over what it has after it was stopped. */
  recorder: 5_000,
  /** A recording of an hour is put into another container. */
  rewrap: 30_000,
  /** Sound or a film begins to play. */
  play: 10_000,
  /** The browser may ask the user first. */
  clipboard: 20_000,
  /** Reads from a file the user chose, which may be on a network drive. */
  file: 10_000,
  /** Reads the size of a picture or a film before it is sent. */
  measure: 1_500,
} as const;

export class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";
}

interface Wait {
  /** Aborted at the limit, or when the caller gives up. */
  readonly signal: AbortSignal;
  /** There is progress: the limit counts from now on, as long as before or as told. */
  readonly extend: (limitMs?: number) => void;
}

/** What `work` comes to, or a rejection: with TimeLimitError at the limit, with the caller's reason when it aborts. */
export function withDeadline<T>(limitMs: number, work: (wait: Wait) => PromiseLike<T>, outer?: AbortSignal): Promise<T> {
  outer?.throwIfAborted();
  const controller = new AbortController();
  return new Promise<T>((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = (reason: unknown) => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller gets the reason it aborted with
      reject(reason);
      controller.abort(reason);
    };
    const onAbort = () => stop(outer?.reason);
    const extend = (nextMs = limitMs) => {
      clearTimeout(timer);
      timer = setTimeout(() => stop(new TimeLimitError(`Nothing happened within ${nextMs / 1_000} seconds.`)), nextMs);
    };
    const end = () => {
      clearTimeout(timer);
      outer?.removeEventListener("abort", onAbort);
    };
    outer?.addEventListener("abort", onAbort, { once: true });
    extend();
    new Promise<T>((begin) => begin(work({ signal: controller.signal, extend }))).then(resolve, reject).finally(end).catch(() => undefined);
  });
}
