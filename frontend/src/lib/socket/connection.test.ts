import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSockets } from "@/testing/fakeSocket";
import { backoffMs } from "./backoff";
import { Connection, IDLE_MS, PONG_MS, SLOW_MS, type ConnectionOptions } from "./connection";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});
afterEach(() => vi.useRealTimers());

function setUp(options: Partial<ConnectionOptions> = {}) {
  const { sockets, create, latest } = createSockets();
  const spies = { onPush: vi.fn(), onJoined: vi.fn(), onState: vi.fn() };
  let token = "first";
  const renew = vi.fn(() => {
    token = "second";
    return Promise.resolve<string | null>(token);
  });
  const connection = new Connection({
    url: "ws://test/ws",
    userId: 7,
    token: () => token,
    renew,
    cursors: () => ({ "1": 4 }),
    createSocket: create,
    ...spies,
    ...options,
  });
  return { connection, sockets, latest, renew, ...spies };
}

describe("Connection", () => {
  it("signs in with the first frame, then joins with its cursors", () => {
    const { connection, latest, onJoined } = setUp();
    connection.start();
    latest().onopen?.();
    expect(latest().sent).toMatchObject([{ event: "auth", data: { token: "first" } }]);
    latest().answer();
    expect(latest().last).toMatchObject({ event: "join-user", data: { user_id: 7, since: null, cursors: { "1": 4 } } });
    expect(connection.state).toBe("connecting");
    latest().answer(true, { accounts: { "1": 9 } });
    expect(connection.state).toBe("live");
    expect(onJoined).toHaveBeenCalledWith({ "1": 9 }, { "1": 4 });
  });

  it("sends token and cursors again after a restart of the server", async () => {
    const { connection, sockets, latest } = setUp();
    connection.start();
    latest().welcome();
    latest().end(1012);
    expect(connection.state).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sockets).toHaveLength(2);
    latest().welcome();
    expect(latest().sent.map((frame) => frame.event)).toEqual(["auth", "join-user"]);
    expect(latest().last.data).toEqual({ user_id: 7, since: null, cursors: { "1": 4 } });
  });

  it("backs off with each failure", async () => {
    const { connection, sockets, latest } = setUp();
    connection.start();
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const count = sockets.length;
      latest().end(1006);
      await vi.advanceTimersByTimeAsync(backoffMs(attempt, () => 0.5) - 1);
      expect(sockets).toHaveLength(count);
      await vi.advanceTimersByTimeAsync(1);
      expect(sockets).toHaveLength(count + 1);
    }
  });

  it("gets a fresh token on 4401", async () => {
    const { connection, latest, renew } = setUp();
    connection.start();
    latest().welcome();
    latest().end(4401);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(renew).toHaveBeenCalledTimes(1);
    latest().onopen?.();
    expect(latest().last.data).toEqual({ token: "second" });
  });

  it("does not reconnect when the session is over", async () => {
    const { connection, sockets, latest } = setUp({ renew: () => Promise.resolve(null) });
    connection.start();
    latest().welcome();
    latest().end(4401);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.state).toBe("stopped");
    expect(sockets).toHaveLength(1);
  });

  it("does not reconnect after a permanent rejection, until started again", async () => {
    for (const code of [4403, 1008]) {
      const { connection, sockets, latest } = setUp();
      connection.start();
      latest().end(code);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(connection.state).toBe("refused");
      expect(sockets).toHaveLength(1);
      connection.start();
      expect(sockets).toHaveLength(2);
      connection.stop();
    }
  });

  it("slows down when it is rate-limited", async () => {
    const { connection, sockets, latest } = setUp();
    connection.start();
    latest().welcome();
    latest().end(4429);
    await vi.advanceTimersByTimeAsync(SLOW_MS - 1);
    expect(sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sockets).toHaveLength(2);
    connection.stop();
  });

  it("reconnects immediately, with its cursors, when it read too slowly", async () => {
    const { connection, sockets, latest } = setUp();
    connection.start();
    latest().welcome();
    latest().end(4008);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sockets).toHaveLength(2);
    latest().welcome();
    expect(latest().last.data).toEqual({ user_id: 7, since: null, cursors: { "1": 4 } });
    connection.stop();
  });

  it("joins the rooms of the open chats, also after reconnecting", async () => {
    const { connection, latest } = setUp();
    const sentFrames = () => latest().sent.slice(2).map(({ event, data }) => [event, data.chat_id]);
    connection.start();
    connection.setChats(new Set([3, 4]));
    latest().welcome();
    connection.setChats(new Set([4, 5]));
    expect(sentFrames()).toEqual([["join-chat", 3], ["join-chat", 4], ["join-chat", 5], ["leave-chat", 3]]);
    latest().end(1012);
    await vi.advanceTimersByTimeAsync(1_000);
    latest().welcome();
    expect(sentFrames()).toEqual([["join-chat", 4], ["join-chat", 5]]);
    connection.stop();
  });

  it("sends a fresh token on the open socket", () => {
    const { connection, latest } = setUp();
    connection.start();
    latest().welcome();
    connection.reauth("later");
    expect(latest().last).toMatchObject({ event: "auth", data: { token: "later" } });
  });

  it("pings when idle, and drops a socket that does not answer", async () => {
    const { connection, sockets, latest } = setUp();
    connection.start();
    latest().welcome();
    await vi.advanceTimersByTimeAsync(IDLE_MS);
    expect(latest().last.event).toBe("ping");
    latest().answer();
    await vi.advanceTimersByTimeAsync(IDLE_MS);
    await vi.advanceTimersByTimeAsync(PONG_MS);
    expect(sockets[0]?.isClosed).toBe(true);
    expect(connection.state).toBe("waiting");
  });

  it("drops a socket that never opens", async () => {
    const { connection, sockets } = setUp();
    connection.start();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(sockets.length).toBeGreaterThan(1);
  });

  it("sends nothing once stopped", async () => {
    const { connection, sockets, latest, onPush } = setUp();
    connection.start();
    latest().welcome();
    connection.stop();
    latest().push("message:new", 5);
    latest().end(1006);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(onPush).not.toHaveBeenCalled();
    expect(sockets).toHaveLength(1);
  });
});

describe("backoffMs", () => {
  it("uses the whole range from zero to the cap", () => {
    expect(backoffMs(3, () => 0)).toBe(0);
    expect(backoffMs(3, () => 1)).toBe(3_200);
    expect(backoffMs(30, () => 1)).toBe(20_000);
  });
});
