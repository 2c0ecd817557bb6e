import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeAccount } from "@/testing/factories";
import { createSockets } from "@/testing/fakeSocket";
import type { Changes } from "@/types/wire";
import { Feed, HOLE_MS } from "./feed";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const { sockets, create, latest } = createSockets();
  const listChanges = vi.fn((_: number, since: number): Promise<Changes> =>
    Promise.resolve({ items: [], seq: since, more: false }),
  );
  const fetchAccount = vi.fn(() => Promise.resolve(makeAccount({ seq: 900 })));
  const feed = new Feed({
    api: { listChanges, fetchAccount },
    url: "ws://test/ws",
    userId: 7,
    token: () => "token",
    renew: () => Promise.resolve("token"),
    onForbidden: vi.fn(),
    createSocket: create,
  });
  const changes: unknown[] = [];
  const onReset = vi.fn();
  feed.listen({ onChange: (_, data) => changes.push(data), onReset });
  feed.track(1, 4);
  feed.start();
  return { feed, sockets, latest, listChanges, fetchAccount, changes, onReset };
}

describe("Feed", () => {
  it("passes changes on and counts them", async () => {
    const { feed, latest, listChanges, changes } = setUp();
    latest().welcome({ "1": 4 });
    latest().push("message:new", 5, "five");
    latest().push("chat:updated", 6, "six");
    await vi.advanceTimersByTimeAsync(HOLE_MS * 2);
    expect(changes).toEqual(["five", "six"]);
    expect(listChanges).not.toHaveBeenCalled();
    feed.stop();
  });

  it("says where it was when it comes back", async () => {
    const { feed, latest } = setUp();
    latest().welcome({ "1": 4 });
    latest().push("message:new", 5);
    latest().push("message:new", 7);
    latest().end(1012);
    await vi.advanceTimersByTimeAsync(1_000);
    latest().onopen?.();
    latest().answer();
    expect(latest().last.data).toEqual({ user_id: 7, cursors: { "1": 5 } });
    feed.stop();
  });

  it("waits for a hole to close by itself", async () => {
    const { feed, latest, listChanges } = setUp();
    latest().welcome({ "1": 4 });
    latest().push("message:new", 6);
    await vi.advanceTimersByTimeAsync(HOLE_MS / 2);
    latest().push("message:new", 5);
    await vi.advanceTimersByTimeAsync(HOLE_MS * 2);
    expect(listChanges).not.toHaveBeenCalled();
    feed.stop();
  });

  it("asks for a hole that stays open, page by page", async () => {
    const { feed, latest, listChanges, changes } = setUp();
    listChanges
      .mockResolvedValueOnce({ items: [{ seq: 6, event: "message:new", data: "six" }], seq: 9, more: true })
      .mockResolvedValueOnce({ items: [{ seq: 8, event: "message:new", data: "eight" }], seq: 9, more: false });
    latest().welcome({ "1": 4 });
    latest().push("message:new", 9, "nine");
    await vi.advanceTimersByTimeAsync(HOLE_MS * 3);
    expect(listChanges.mock.calls).toEqual([[1, 4], [1, 6]]);
    expect(changes).toEqual(["nine", "six", "eight"]);
    feed.stop();
  });

  it("notices the loss of the last event by the head", async () => {
    const { feed, latest, listChanges } = setUp();
    listChanges.mockResolvedValueOnce({ items: [], seq: 5, more: false });
    latest().welcome({ "1": 4 });
    latest().say({ event: "head", data: { "1": 5 } });
    await vi.advanceTimersByTimeAsync(HOLE_MS * 3);
    expect(listChanges.mock.calls).toEqual([[1, 4]]);
    feed.stop();
  });

  it("asks for what the join says it missed", async () => {
    const { feed, latest, listChanges } = setUp();
    listChanges.mockResolvedValueOnce({ items: [], seq: 30, more: false });
    latest().welcome({ "1": 30 });
    await vi.advanceTimersByTimeAsync(HOLE_MS * 3);
    expect(listChanges.mock.calls).toEqual([[1, 4]]);
    feed.stop();
  });

  it("asks again when the server could not answer", async () => {
    const { feed, latest, listChanges } = setUp();
    listChanges.mockRejectedValueOnce(new Error("away")).mockResolvedValueOnce({ items: [], seq: 6, more: false });
    latest().welcome({ "1": 4 });
    latest().push("message:new", 6);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(listChanges.mock.calls).toEqual([[1, 4], [1, 4]]);
    feed.stop();
  });

  it("takes the cursor first and reads anew on a reset", async () => {
    const { feed, latest, listChanges, onReset } = setUp();
    latest().welcome({ "1": 4 });
    latest().push("reset", undefined, { account_id: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect(onReset).toHaveBeenCalledWith(1);
    latest().push("message:new", 901);
    await vi.advanceTimersByTimeAsync(HOLE_MS * 2);
    expect(listChanges).not.toHaveBeenCalled();
    feed.stop();
  });

  it("gives up on endless pages and reads anew", async () => {
    const { feed, latest, listChanges, onReset } = setUp();
    listChanges.mockImplementation((_, since) =>
      Promise.resolve({ items: [{ seq: since + 1, event: "message:new", data: null }], seq: 900, more: true }),
    );
    latest().welcome({ "1": 900 });
    await vi.advanceTimersByTimeAsync(HOLE_MS * 3);
    expect(onReset).toHaveBeenCalledTimes(1);
    feed.stop();
  });

  it("counts an unknown account from its first event", async () => {
    const { feed, latest, listChanges } = setUp();
    latest().welcome({ "1": 4 });
    latest().push("account:updated", 3, {}, 2);
    latest().push("chat:updated", 4, {}, 2);
    await vi.advanceTimersByTimeAsync(HOLE_MS * 2);
    expect(listChanges).not.toHaveBeenCalled();
    feed.stop();
  });
});
