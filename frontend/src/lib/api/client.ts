/** Sends one JSON request; renews the access token once when the server no longer takes it. */
import { ApiError, parseError, unreachable } from "./errors";

const REQUEST_TIMEOUT_MS = 35_000;

export interface Request {
  readonly method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string | null;
  readonly signal?: AbortSignal | undefined;
}

export interface Credentials {
  /** The access token, or null when nobody is signed in. */
  readonly token: () => string | null;
  /** Get a fresh token; null when the session is over. */
  readonly renew: () => Promise<string | null>;
}

export type Send = <T>(path: string, request?: Request) => Promise<T>;

function buildInit({ method = "GET", body, headers, token, signal }: Request): RequestInit {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
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

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** One request as it is: no token of its own, no second try. */
export async function send<T>(path: string, request: Request = {}): Promise<T> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(path, buildInit(request));
    body = await readJson(response);
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw unreachable();
  }
  if (!response.ok) throw parseError(response.status, body, response.headers.get("Retry-After"));
  return body as T;
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
