/** Sends JSON requests; on a 401 renews the access token once. */
import { LIMITS_MS, TimeLimitError, withDeadline } from "@/lib/limits";
import { ApiError, parseError, stalled, unreachable } from "./errors";

export interface Request {
  readonly method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Sent as JSON; a form is sent as it is. */
  readonly body?: unknown;
  readonly reads?: "json" | "blob";
  /** By how much the limits of an upload are stretched: a slow line looks like a stalled one. */
  readonly patience?: number | undefined;
  /** Called with the upload progress, from 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string | null;
  readonly signal?: AbortSignal | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfter: string | null;
}

/** A response whose body was not parsed yet. */
export interface TextAnswer extends Omit<Answer, "body"> {
  readonly text: string;
}

export interface Credentials {
  /** The access token, or null when signed out. */
  readonly token: () => string | null;
  /** Returns a fresh token, or null when the session is over. */
  readonly renew: () => Promise<string | null>;
}

export type Send = <T>(path: string, request?: Request) => Promise<T>;

function buildInit({ method = "GET", body, headers, token }: Request, signal: AbortSignal): RequestInit {
  const init: RequestInit = {
    method,
    headers: {
      Accept: "application/json",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    credentials: "same-origin",
    // A deletion may be sent as the page is left.
    keepalive: method === "DELETE",
    signal,
  };
  return body === undefined ? init : { ...init, body: JSON.stringify(body) };
}

function parseJson(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The same response, with a callback for each chunk of its body. */
function watchBody(response: Response, onBytes: () => void): Response {
  if (response.body === null) return response;
  const noted = new TransformStream<Uint8Array, Uint8Array>({
    transform: (bytes, controller) => {
      onBytes();
      controller.enqueue(bytes);
    },
  });
  return new Response(response.body.pipeThrough(noted), { headers: response.headers });
}

function transmit(path: string, request: Request): Promise<Answer> {
  if (request.body instanceof FormData) return sendForm(path, request, request.body);
  const isDownload = request.reads === "blob";
  return withDeadline(
    isDownload ? LIMITS_MS.stall : LIMITS_MS.request,
    async ({ signal, extend }) => {
      const response = await fetch(path, buildInit(request, signal));
      const isBlob = isDownload && response.ok;
      const body = isBlob ? await watchBody(response, extend).blob() : parseJson(await response.text());
      return { status: response.status, body, retryAfter: response.headers.get("Retry-After") };
    },
    request.signal,
  );
}

/** One request without signing and without a retry. */
export async function send<T>(path: string, request: Request = {}): Promise<T> {
  let answer: Answer;
  try {
    answer = await transmit(path, request);
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw error instanceof TimeLimitError && request.body instanceof FormData ? stalled() : unreachable();
  }
  return readAnswer(answer) as T;
}

/** The body; throws what an error response says. */
function readAnswer({ status, body, retryAfter }: Answer): unknown {
  if (status < 200 || status > 299) throw parseError(status, body, retryAfter);
  return body;
}

/** The same for a response that was requested elsewhere. */
export const readText = ({ text, ...answer }: TextAnswer): unknown => readAnswer({ ...answer, body: parseJson(text) });

/** What the network stack accepts at most before it has sent anything: it counts as uploaded, but is not delivered. */
const BUFFERED_BYTES = 2_000_000;
const MAX_DRAIN_MS = 60_000;

/** How long the buffered rest of an upload takes at the speed of the upload so far. */
function drainMs(total: number, elapsedMs: number): number {
  return total === 0 ? 0 : Math.min(MAX_DRAIN_MS, elapsedMs * Math.min(1, BUFFERED_BYTES / total));
}

/**
 * Uploads with XMLHttpRequest, because `fetch` reports no upload progress. The upload may take long as long as it
 * progresses.
 */
function sendForm(path: string, { method = "POST", token, onProgress, patience = 1, signal: outer }: Request, form: FormData): Promise<Answer> {
  const startedAt = performance.now();
  return withDeadline(
    LIMITS_MS.stall * patience,
    ({ signal, extend }) =>
      new Promise((resolve, reject) => {
        const xhr = new XMLHttpRequest();
        const awaitAnswer = (total: number) => extend(LIMITS_MS.answer * patience + drainMs(total, performance.now() - startedAt));
        signal.addEventListener("abort", () => xhr.abort());
        xhr.open(method, path);
        xhr.setRequestHeader("Accept", "application/json");
        if (token) xhr.setRequestHeader("Authorization", `Bearer ${token}`);
        xhr.upload.onprogress = ({ loaded, total }) => {
          if (loaded === total) awaitAnswer(total);
          else extend(LIMITS_MS.stall * patience);
          onProgress?.(total === 0 ? 0 : loaded / total);
        };
        xhr.upload.onload = ({ total }) => awaitAnswer(total);
        xhr.onload = () =>
          resolve({ status: xhr.status, body: parseJson(xhr.responseText), retryAfter: xhr.getResponseHeader("Retry-After") });
        xhr.onerror = xhr.onabort = xhr.ontimeout = () => reject(new Error("The form could not be sent."));
        xhr.send(form);
      }),
    outer,
  );
}

/** A `send` that signs each request, and retries a 401 once with a fresh token. */
export function createSend(credentials: Credentials): Send {
  return async <T>(path: string, request: Request = {}): Promise<T> => {
    const token = credentials.token();
    try {
      return await send<T>(path, { ...request, token });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      // A concurrent request may have renewed it already.
      const current = credentials.token();
      const fresh = current !== null && current !== token ? current : await credentials.renew();
      if (fresh === null) throw error;
      return send<T>(path, { ...request, token: fresh });
    }
  };
}
