/** The one type of a failed request. */

export interface ApiErrorBody {
  readonly code: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly requestId: string | null;
}

/** An error reported by the server, or (status 0) a server that could not be reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: ApiErrorBody["fields"];
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(status: number, body: ApiErrorBody, retryAfterSeconds: number | null = null) {
    super(body.message);
    this.name = "ApiError";
    this.status = status;
    this.code = body.code;
    this.fields = body.fields;
    this.requestId = body.requestId;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Whether the same request may succeed later without any change. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const SENTENCES: Readonly<Record<number, string>> = {
  401: "Please sign in again.",
  403: "You are not allowed to do that.",
  404: "This no longer exists.",
  429: "Too many requests at once. Wait a moment and try again.",
  502: "WhatsApp's gateway reported an error. Try again in a moment.",
  503: "Confab is busy right now. Try again in a moment.",
  504: "WhatsApp's gateway did not answer in time. Try again in a moment.",
};

export function unreachable(): ApiError {
  const message = "Confab cannot be reached. Check your connection and try again.";
  return new ApiError(0, { code: "unreachable", message, fields: {}, requestId: null });
}

/** An upload without progress: the connection may still work for smaller requests. */
export function stalled(): ApiError {
  const message = "The upload stalled. It will be retried.";
  return new ApiError(0, { code: "stalled", message, fields: {}, requestId: null });
}

/** A file the browser can no longer read; a retry does not help. */
export function unreadable(name: string): ApiError {
  const message = `${name} can no longer be read. Discard this message and attach the file again.`;
  return new ApiError(400, { code: "unreadable_file", message, fields: {}, requestId: null });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function parseFields(value: unknown): ApiErrorBody["fields"] {
  if (!isRecord(value)) return {};
  const entries = Object.entries(value).filter((entry): entry is [string, string[]] => Array.isArray(entry[1]));
  return Object.fromEntries(entries.map(([name, texts]) => [name, texts.map(String)]));
}

/** Reads the error body of any response, even a proxy's HTML page. */
export function parseError(status: number, body: unknown, retryAfter: string | null): ApiError {
  const error = isRecord(body) && isRecord(body.error) ? body.error : {};
  const code = typeof error.code === "string" ? error.code : `http_${status}`;
  const text = typeof error.message === "string" ? error.message : "";
  const message = text || (SENTENCES[status] ?? "Something went wrong. Try again in a moment.");
  const requestId = typeof error.request_id === "string" ? error.request_id : null;
  const seconds = Number(retryAfter);
  return new ApiError(
    status,
    { code, message, fields: parseFields(error.fields), requestId },
    retryAfter !== null && Number.isFinite(seconds) ? seconds : null,
  );
}

/** The server's error for one field; null if that field was not rejected. */
export function fieldProblem(error: unknown, field: string): string | null {
  return error instanceof ApiError ? (error.fields[field]?.join(" ") ?? null) : null;
}

/** A sentence for the user. */
export function describeError(error: unknown): string {
  return error instanceof ApiError ? error.message : "Something went wrong. Try again in a moment.";
}
