/** The one type of a failed request, and its sentence for the user. */
import type { MessageId } from "@/i18n/ids";
import { later, t } from "@/i18n/translate";

export interface ApiErrorBody {
  readonly code: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly requestId: string | null;
  /** What the message and the fields say, for translation (i18n/said.ts). */
  readonly reason?: unknown;
  readonly fieldReasons?: unknown;
  /** What the caller had not seen, with some codes. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An error reported by the server, or (status 0) a server that could not be reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: ApiErrorBody["fields"];
  readonly requestId: string | null;
  readonly reason: unknown;
  readonly fieldReasons: unknown;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | null;

  constructor(status: number, body: ApiErrorBody, retryAfterSeconds: number | null = null) {
    super(body.message);
    this.name = "ApiError";
    this.status = status;
    this.code = body.code;
    this.fields = body.fields;
    this.requestId = body.requestId;
    this.reason = body.reason;
    this.fieldReasons = body.fieldReasons;
    this.details = body.details ?? {};
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Whether the same request may succeed later without any change. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Retries, at most so many times, what may succeed later; other errors are final. */
export const retryPassing =
  (most: number) =>
  (failures: number, error: unknown): boolean =>
    failures < most && error instanceof ApiError && error.isPassing;

/** The codes of server/errors.py for which the first load has a sentence; those of the others come later (server/said). */
const BY_CODE: Readonly<Record<string, MessageId>> = {
  unauthenticated: "app.failed.unauthenticated",
  forbidden: "app.failed.forbidden",
  not_found: "app.failed.notFound",
  too_large: "app.failed.tooLarge",
  too_many_requests: "app.failed.tooMany",
  internal: "app.failed.other",
  provider_failed: "app.failed.provider",
  unavailable: "app.failed.unavailable",
  provider_timeout: "app.failed.providerTimeout",
};

/** For responses that are not the server's, such as a proxy's page. */
const BY_STATUS: Readonly<Record<number, MessageId>> = {
  401: "app.failed.unauthenticated",
  403: "app.failed.forbidden",
  404: "app.failed.notFound",
  413: "app.failed.tooLarge",
  429: "app.failed.tooMany",
  502: "app.failed.provider",
  503: "app.failed.unavailable",
  504: "app.failed.providerTimeout",
};

export function unreachable(): ApiError {
  return new ApiError(0, { code: "unreachable", message: t("app.failed.unreachable"), fields: {}, requestId: null });
}

/** An upload without progress: the connection may still work for smaller requests. */
export function stalled(): ApiError {
  return new ApiError(0, { code: "stalled", message: t("app.failed.stalled"), fields: {}, requestId: null });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function parseFields(value: unknown): ApiErrorBody["fields"] {
  if (!isRecord(value)) return {};
  const entries = Object.entries(value).filter((entry): entry is [string, string[]] => Array.isArray(entry[1]));
  return Object.fromEntries(entries.map(([name, texts]) => [name, texts.map(String)]));
}

const parseDetails = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

/** Reads the error body of any response, even a proxy's HTML page. */
export function parseError(status: number, body: unknown, retryAfter: string | null): ApiError {
  const error = isRecord(body) && isRecord(body.error) ? body.error : {};
  const code = typeof error.code === "string" ? error.code : `http_${status}`;
  const text = typeof error.message === "string" ? error.message : "";
  const message = text || t(BY_STATUS[status] ?? "app.failed.other");
  const requestId = typeof error.request_id === "string" ? error.request_id : null;
  const seconds = Number(retryAfter);
  return new ApiError(
    status,
    { code, message, fields: parseFields(error.fields), requestId, reason: error.reason, fieldReasons: error.field_reasons, details: parseDetails(error.details) },
    retryAfter !== null && Number.isFinite(seconds) ? seconds : null,
  );
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly reason?: unknown;
}

/** A sentence for the user: by what the server says more than the code, by the code, or else in English. */
export function describeFailure(failure: Failure): string {
  const known = BY_CODE[failure.code];
  return known !== undefined && failure.reason === undefined ? t(known) : (later.describe(failure) ?? failure.message);
}

export const describeError = (error: unknown): string => (error instanceof ApiError ? describeFailure(error) : t("app.failed.other"));
