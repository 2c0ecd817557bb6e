import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Bootstrap } from "@/types/wire";
import type { Send } from "./client";
import { takeEarlySession } from "./early";
import { ApiError } from "./errors";
import { withFirst } from "./first";

const CHANNEL = "/api/channels/whatsapp";
const me = { user: { id: 7 } };
const first = {
  me,
  entitlements: { items: [] },
  accounts: { items: [{ id: 1 }] },
  unread: { accounts: [] },
  counts: { accounts: [{ account_id: 1, mine: 2 }] },
  chats: [{ account_id: 1, items: [{ id: 11 }], next_cursor: "c", pinned: { items: [], next_cursor: null } }],
} as unknown as Bootstrap;

const signed = vi.fn();
const paths = () => signed.mock.calls.map(([path]) => path as string);
const ask = (path: string, send: Send) => send<unknown>(path);

beforeEach(() => {
  signed.mockReset();
  signed.mockImplementation((path: string) => Promise.resolve(path.startsWith("/api/bootstrap") ? first : path));
});
afterEach(() => {
  globalThis.confabEarly = undefined;
  vi.useRealTimers();
});

const answered = (status: number, body: unknown) => Promise.resolve({ status, text: JSON.stringify(body), retryAfter: null });

describe("the first requests", () => {
  it("are answered from one request, each once", async () => {
    const send = withFirst(signed, 7);
    const list = `${CHANNEL}/1/chats?limit=40`;
    const wanted = ["/api/auth/me", "/api/entitlements", `${CHANNEL}/accounts?limit=100`, `${CHANNEL}/unread`, `${CHANNEL}/counts`, list, `${list}&filter=pinned`];
    const page = { items: [{ id: 11 }], next_cursor: "c" };
    const pinned = { items: [], next_cursor: null };
    expect(await Promise.all(wanted.map((path) => ask(path, send)))).toEqual([me, first.entitlements, first.accounts, first.unread, first.counts, page, pinned]);
    expect(paths()).toEqual(["/api/bootstrap?limit=40"]);
    expect(await ask("/api/auth/me", send)).toBe("/api/auth/me");
  });

  it("are answered by what was asked while the app was loading", async () => {
    globalThis.confabEarly = { first: answered(200, first), filter: "unread" };
    const send = withFirst(signed, 7);
    expect(await ask(`${CHANNEL}/1/chats?limit=40&filter=unread`, send)).toMatchObject({ next_cursor: "c" });
    expect(paths()).toEqual([]);
    // Of another filter than the one that was asked for.
    expect(await ask(`${CHANNEL}/1/chats?limit=40`, send)).toBe(`${CHANNEL}/1/chats?limit=40`);
  });

  it("go to the server one by one when there is no such answer", async () => {
    signed.mockImplementation((path: string) => (path.startsWith("/api/bootstrap") ? Promise.reject(new Error("away")) : Promise.resolve(path)));
    globalThis.confabEarly = { first: answered(404, {}), filter: null };
    const send = withFirst(signed, 7);
    expect(await ask("/api/auth/me", send)).toBe("/api/auth/me");
    expect(paths()).toEqual(["/api/bootstrap?limit=40", "/api/auth/me"]);
  });

  it("are not answered with what another user asked for", async () => {
    globalThis.confabEarly = { first: answered(200, first), filter: null };
    expect(await ask("/api/auth/me", withFirst(signed, 8))).toBe("/api/auth/me");
  });

  it("are not answered from memory for long, and others never wait", async () => {
    vi.useFakeTimers();
    const send = withFirst(signed, 7);
    const others = ["/api/channels/whatsapp/1/chats/2/messages?limit=50", `${CHANNEL}/1/members?limit=100`];
    expect(await Promise.all(others.map((path) => ask(path, send)))).toEqual(others);
    expect(await send("/api/auth/me", { method: "PATCH" })).toBe("/api/auth/me");
    expect(paths()).not.toContain("/api/bootstrap?limit=40");
    expect(await ask("/api/auth/me", send)).toBe(me);
    vi.advanceTimersByTime(30_001);
    expect(await ask(`${CHANNEL}/unread`, send)).toBe(`${CHANNEL}/unread`);
  });
});

describe("the session asked for while the app was loading", () => {
  it("is taken once, and its refusal is an error", async () => {
    const session = { token: "t" };
    globalThis.confabEarly = { session: answered(200, session), filter: null };
    expect([await takeEarlySession(), await takeEarlySession()]).toEqual([session, null]);
    globalThis.confabEarly = { session: answered(401, { error: { code: "unauthenticated" } }), filter: null };
    await expect(takeEarlySession()).rejects.toThrow(ApiError);
  });
});
