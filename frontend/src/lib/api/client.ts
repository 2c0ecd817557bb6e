/** Sends one JSON request; renews the access token once when the server no longer takes it. */
import { ApiError, parseError, unreachable } from "./errors";

const REQUEST_TIMEOUT_MS = 35_000;
const DOWNLOAD_TIMEOUT_MS = 180_000;

export interface Request {
  readonly method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Sent as JSON, or, when it is a form, as it is. */
  readonly body?: unknown;
  readonly reads?: "json" | "blob";
  /** Told how much of a form has gone up, from 0 to 1. */
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

export interface Credentials {
  /** The access token, or null when nobody is signed in. */
  readonly token: () => string | null;
  /** Get a fresh token; null when the session is over. */
  readonly renew: () => Promise<string | null>;
}

export type Send = <T>(path: string, request?: Request) => Promise<T>;

function buildInit({ method = "GET", body, headers, token, signal, reads }: Request): RequestInit {
  const timeout = AbortSignal.timeout(reads === "blob" ? DOWNLOAD_TIMEOUT_MS : REQUEST_TIMEOUT_MS);
  const init: RequestInit = {
    method,
    headers: {
      Accept: "application/json",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    credentials: "same-origin",
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
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

async function transmit(path: string, request: Request): Promise<Answer> {
  if (request.body instanceof FormData) return sendForm(path, request, request.body);
  const response = await fetch(path, buildInit(request));
  const isBlob = request.reads === "blob" && response.ok;
  const body = isBlob ? await response.blob() : parseJson(await response.text());
  return { status: response.status, body, retryAfter: response.headers.get("Retry-After") };
}

/** One request as it is: no token of its own, no second try. */
export async function send<T>(path: string, request: Request = {}): Promise<T> {
  let answer: Answer;
  try {
    answer = await transmit(path, request);
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw unreachable();
  }
  if (answer.status < 200 || answer.status > 299) throw parseError(answer.status, answer.body, answer.retryAfter);
  return answer.body as T;
}

/** What `fetch` cannot do: tell how far a large body has gone. */
function sendForm(path: string, { method = "POST", token, onProgress }: Request, form: FormData): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open(method, path);
    xhr.setRequestHeader("Accept", "application/json");
    if (token) xhr.setRequestHeader("Authorization", `Bearer ${token}`);
    xhr.upload.onprogress = ({ loaded, total }) => onProgress?.(total === 0 ? 0 : loaded / total);
    xhr.onload = () =>
      resolve({ status: xhr.status, body: parseJson(xhr.responseText), retryAfter: xhr.getResponseHeader("Retry-After") });
    xhr.onerror = () => reject(new Error("The form could not be sent."));
    xhr.send(form);
  });
}

/** A `send` that signs each request, and on a 401 tries once more with a fresh token. */
export function createSend(credentials: Credentials): Send {
  return async <T>(path: string, request: Request = {}): Promise<T> => {
    const token = credentials.token();
    try {
      return await send<T>(path, { ...request, token });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      // Somebody else may have renewed it while this request was under way.
      const current = credentials.token();
      const fresh = current !== null && current !== token ? current : await credentials.renew();
      if (fresh === null) throw error;
      return send<T>(path, { ...request, token: fresh });
    }
  };
}
