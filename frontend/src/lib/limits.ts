/** The time limits of the app, and `withDeadline`, the one way to wait: nothing is awaited without a limit. */

export const LIMITS_MS = {
  /** A request and its response, when both are small. */
  request: 35_000,
  /** No byte of an upload or download was transferred. */
  stall: 25_000,
  /** After the upload, besides the time that the network stack needs to deliver the rest: until the server has stored it. */
  answer: 28_000,
  /** Opening the browser's database, or one operation. */
  database: 5_000,
  /** Loading a lazy chunk of the app. */
  chunk: 20_000,
  /** Loading the texts of a language: the app waits for them before it shows its first page. */
  language: 5_000,
  /** Until a stopped recorder delivers its data. */
  recorder: 5_000,
  /** Repackaging a recording of an hour. */
  rewrap: 30_000,
  /** Until audio or video starts to play. */
  play: 10_000,
  /** Reading the beginning of a video and decoding one of its pictures. */
  poster: 30_000,
  /** The browser may ask the user for permission first. */
  clipboard: 20_000,
  /** Reading a file the user picked, possibly from a network drive. */
  file: 10_000,
  /** Reading the dimensions of an image or video before it is sent. */
  measure: 1_500,
} as const;

export class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";
}

interface Wait {
  /** Aborted at the limit, or when the caller aborts. */
  readonly signal: AbortSignal;
  /** Restarts the limit after progress, with the same or another duration. */
  readonly extend: (limitMs?: number) => void;
}

/** Resolves with the result of `work`; rejects with TimeLimitError at the limit, or with the caller's reason when it aborts. */
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
