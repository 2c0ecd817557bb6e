import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LIMITS_MS } from "@/lib/limits";
import { createSend, send } from "./client";
import { ApiError } from "./errors";

const fetchMock = vi.fn<typeof fetch>();
beforeEach(() => {
  fetchMock.mockReset();
  vi.stubGlobal("fetch", fetchMock);
});

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail("It did not fail."),
    (error: unknown) => error as ApiError,
  );

describe("send", () => {
  it("returns code, message, fields and request id of an error", async () => {
    const body = { error: { code: "invalid", message: "Check the text.", fields: { text: ["Too long."] }, request_id: "r9" } };
    fetchMock.mockResolvedValue(answer(422, body));
    const error = await failure(send("/api/x"));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 422, code: "invalid", message: "Check the text.", requestId: "r9" });
    expect(error.fields).toEqual({ text: ["Too long."] });
    expect(error.isPassing).toBe(false);
  });

  it("has a sentence for responses of proxies", async () => {
    fetchMock.mockResolvedValue(answer(502, "<html>Bad gateway</html>"));
    const error = await failure(send("/api/x"));
    expect(error).toMatchObject({ status: 502, code: "http_502", isPassing: true });
    expect(error.message).not.toContain("<");
  });

  it("keeps Retry-After", async () => {
    fetchMock.mockResolvedValue(answer(503, {}, { "Retry-After": "4" }));
    expect((await failure(send("/api/x"))).retryAfterSeconds).toBe(4);
  });

  it("reports when the server cannot be reached", async () => {
    fetchMock.mockRejectedValue(new TypeError("Failed to fetch"));
    expect(await failure(send("/api/x"))).toMatchObject({ status: 0, code: "unreachable", isPassing: true });
  });

  it("accepts an empty response", async () => {
    fetchMock.mockResolvedValue(new Response(null, { status: 204 }));
    expect(await send("/api/x", { method: "POST" })).toBeUndefined();
  });
});

describe("createSend", () => {
  const bearer = (call: number) => {
    const headers = fetchMock.mock.calls[call]?.[1]?.headers as Record<string, string>;
    return headers.Authorization;
  };

  it("renews once on a 401 and sends the same again", async () => {
    fetchMock.mockResolvedValueOnce(answer(401, {})).mockResolvedValueOnce(answer(200, { fine: true }));
    const renew = vi.fn(() => Promise.resolve("new"));
    expect(await createSend({ token: () => "old", renew })("/api/x")).toEqual({ fine: true });
    expect(renew).toHaveBeenCalledTimes(1);
    expect([bearer(0), bearer(1)]).toEqual(["Bearer old", "Bearer new"]);
  });

  it("does not try a third time", async () => {
    fetchMock.mockImplementation(() => Promise.resolve(answer(401, {})));
    const renew = vi.fn(() => Promise.resolve("new"));
    expect(await failure(createSend({ token: () => "old", renew })("/api/x"))).toMatchObject({ status: 401 });
    expect(fetchMock).toHaveBeenCalledTimes(2);
  });

  it("uses a token that was renewed meanwhile", async () => {
    let token = "old";
    fetchMock.mockImplementationOnce(() => {
      token = "newer";
      return Promise.resolve(answer(401, {}));
    });
    fetchMock.mockResolvedValueOnce(answer(200, {}));
    const renew = vi.fn(() => Promise.resolve("unused"));
    await createSend({ token: () => token, renew })("/api/x");
    expect(renew).not.toHaveBeenCalled();
    expect(bearer(1)).toBe("Bearer newer");
  });
});

/** A connection on which an upload progresses as far as the test lets it. */
class FakeXhr {
  static last: FakeXhr;
  readonly upload: { onprogress?: (event: object) => void; onload?: (event: object) => void } = {};
  readonly open = vi.fn();
  readonly setRequestHeader = vi.fn();
  readonly send = vi.fn();
  readonly abort = vi.fn();
  readonly getResponseHeader = () => null;
  status = 201;
  responseText = "{}";
  onload: () => void = () => undefined;

  constructor() {
    FakeXhr.last = this;
  }
}

describe("an upload", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("XMLHttpRequest", FakeXhr);
  });
  afterEach(() => void vi.useRealTimers());

  const upload = (signal?: AbortSignal, patience?: number) =>
    send("/api/x", { method: "POST", body: new FormData(), signal, patience }).then(
      () => "sent",
      (error: unknown) => (error instanceof ApiError ? error.code : "given up"),
    );
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const progress = (loaded: number) => FakeXhr.last.upload.onprogress?.({ loaded, total: 100 });

  it("may take long while it progresses", async () => {
    const outcome = upload();
    for (let part = 1; part < 100; part += 1) {
      await pass(LIMITS_MS.stall - 1);
      progress(part);
    }
    FakeXhr.last.onload();
    expect(await outcome).toBe("sent");
  });

  it.each([
    ["never begins", () => undefined, LIMITS_MS.stall],
    ["stops half way", () => progress(50), LIMITS_MS.stall],
    ["is up and never answered", () => (progress(100), FakeXhr.last.upload.onload?.({ total: 100 })), LIMITS_MS.answer],
  ])("is aborted when it %s", async (_, happen, limit) => {
    const outcome = upload();
    happen();
    await pass(limit - 1);
    expect(FakeXhr.last.abort).not.toHaveBeenCalled();
    await pass(1);
    expect(FakeXhr.last.abort).toHaveBeenCalledTimes(1);
    expect(await outcome).toBe("stalled");
  });

  it("is noticed to have stalled within half a minute", () => {
    expect(Math.max(LIMITS_MS.stall, LIMITS_MS.answer)).toBeLessThan(30_000);
  });

  it("has more time on a line that proved slow, and when it is tried again", async () => {
    const outcome = upload(undefined, 2);
    await pass(20_000);
    progress(100);
    await pass(20_000 + 2 * LIMITS_MS.answer - 1);
    expect(FakeXhr.last.abort).not.toHaveBeenCalled();
    await pass(1);
    expect(await outcome).toBe("stalled");
  });

  it("is aborted when it is cancelled", async () => {
    const caller = new AbortController();
    const outcome = upload(caller.signal);
    caller.abort();
    expect(await outcome).toBe("given up");
    expect(FakeXhr.last.abort).toHaveBeenCalledTimes(1);
  });
});

describe("a download", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("may take long while bytes arrive, and is aborted when none do", async () => {
    let body: ReadableStreamDefaultController<Uint8Array> | undefined;
    const stream = new ReadableStream<Uint8Array>({ start: (controller) => void (body = controller) });
    fetchMock.mockResolvedValue(new Response(stream));
    const outcome = failure(send("/api/x", { reads: "blob" }));
    for (let part = 0; part < 5; part += 1) {
      await vi.advanceTimersByTimeAsync(LIMITS_MS.stall - 1);
      body?.enqueue(new Uint8Array([part]));
      await vi.advanceTimersByTimeAsync(0);
    }
    const early = await Promise.race([outcome, Promise.resolve("loading")]);
    expect(early).toBe("loading");
    await vi.advanceTimersByTimeAsync(LIMITS_MS.stall);
    expect(await outcome).toMatchObject({ code: "unreachable" });
  });
});
