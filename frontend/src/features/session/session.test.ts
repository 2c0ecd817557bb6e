// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, unreachable } from "@/lib/api/errors";
import { makeSignedIn as completeSignedIn } from "@/testing/factories";
import { createBrowser } from "@/testing/fakeTabs";
import type { SignedIn } from "@/types/wire";
import { Session } from "./session";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LIFETIME_MS = 15 * 60_000;
const rejected = () => new ApiError(401, { code: "no_session", message: "", fields: {}, requestId: null });

function makeSignedIn(token: string): SignedIn {
  const expires_at = new Date(Date.now() + LIFETIME_MS).toISOString();
  return completeSignedIn({ token, expires_at });
}

function setUp() {
  let count = 0;
  const routes = {
    login: vi.fn(() => Promise.resolve(makeSignedIn("login"))),
    refresh: vi.fn(() => Promise.resolve(makeSignedIn(`fresh-${++count}`))),
    logout: vi.fn(() => Promise.resolve(undefined)),
  };
  return { session: new Session(routes), routes };
}

describe("Session", () => {
  it("is restored after a reload", async () => {
    const { session } = setUp();
    await session.restore();
    expect(session.state).toMatchObject({ status: "signed-in", user: { id: 7 } });
    expect(session.token).toBe("fresh-1");
  });

  it("is signed out, without an error, when there was no session", async () => {
    const { session, routes } = setUp();
    routes.refresh.mockRejectedValue(rejected());
    await session.restore();
    expect(session.state).toEqual({ status: "signed-out", hasEnded: false });
  });

  it("keeps retrying while the server is unreachable at the start", async () => {
    const { session, routes } = setUp();
    routes.refresh.mockRejectedValueOnce(unreachable());
    await session.restore();
    expect(session.state.status).toBe("unreachable");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(session.state.status).toBe("signed-in");
  });

  it("shares one refresh among concurrent callers", async () => {
    const { session, routes } = setUp();
    const tokens = await Promise.all([session.renew(), session.renew(), session.renew()]);
    expect(tokens).toEqual(["fresh-1", "fresh-1", "fresh-1"]);
    expect(routes.refresh).toHaveBeenCalledTimes(1);
    expect(await session.renew()).toBe("fresh-2");
  });

  it("renews before expiry, repeatedly", async () => {
    const { session, routes } = setUp();
    await session.login("a@b.c", "secret");
    await vi.advanceTimersByTimeAsync(LIFETIME_MS - 60_000);
    expect(session.token).toBe("fresh-1");
    await vi.advanceTimersByTimeAsync(LIFETIME_MS - 60_000);
    expect(routes.refresh).toHaveBeenCalledTimes(2);
  });

  it("ends when a refresh is rejected", async () => {
    const { session, routes } = setUp();
    await session.login("a@b.c", "secret");
    routes.refresh.mockRejectedValue(rejected());
    expect(await session.renew()).toBeNull();
    expect(session.state).toEqual({ status: "signed-out", hasEnded: true });
    expect(session.token).toBeNull();
  });

  it("stays signed in while the server is unreachable", async () => {
    const { session, routes } = setUp();
    await session.login("a@b.c", "secret");
    routes.refresh.mockRejectedValueOnce(unreachable());
    await expect(session.renew()).rejects.toThrow();
    expect(session.state.status).toBe("signed-in");
  });

  it("is not restored by a refresh that was pending at log-out", async () => {
    const { session, routes } = setUp();
    await session.login("a@b.c", "secret");
    let finish: (answer: SignedIn) => void = () => undefined;
    routes.refresh.mockReturnValueOnce(new Promise((resolve) => (finish = resolve)));
    const renewal = session.renew();
    await session.logout();
    finish(makeSignedIn("late"));
    expect(await renewal).toBeNull();
    expect(session.state.status).toBe("signed-out");
  });
});

describe("Session in two tabs", () => {
  const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

  async function twoTabs() {
    const browser = createBrowser();
    const { routes } = setUp();
    vi.stubGlobal("navigator", { locks: browser.openTab().locks });
    const [one, other] = [0, 1].map(() => new Session(routes, browser.openTab().openChannel));
    if (one === undefined || other === undefined) throw new Error("Two tabs were wanted.");
    await one.login("a@b.c", "secret");
    await pass();
    return { one, other, routes };
  }
  afterEach(() => vi.unstubAllGlobals());

  it("is signed in in both", async () => {
    const { other } = await twoTabs();
    expect(other.state).toMatchObject({ status: "signed-in", user: { id: 7 } });
    expect(other.token).toBe("login");
  });

  it("is renewed by one of them for both, repeatedly", async () => {
    const { one, other, routes } = await twoTabs();
    for (let round = 1; round < 4; round += 1) {
      await pass(LIFETIME_MS - 60_000);
      expect(one.token).toBe(other.token);
      expect(routes.refresh).toHaveBeenCalledTimes(round);
    }
  });

  it("is renewed once when both ask at the same moment", async () => {
    const { one, other, routes } = await twoTabs();
    expect(await Promise.all([one.renew(), other.renew()])).toEqual(["fresh-1", "fresh-1"]);
    expect(routes.refresh).toHaveBeenCalledTimes(1);
  });

  it("ends in both at the same time", async () => {
    const { one, other } = await twoTabs();
    await one.logout();
    await pass();
    expect(other.state).toEqual({ status: "signed-out", hasEnded: false });
    expect(other.token).toBeNull();
  });
});
