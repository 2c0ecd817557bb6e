import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeAccount, makeChat, makeMessage } from "@/testing/factories";
import { createSockets } from "@/testing/fakeSocket";
import { createBrowser } from "@/testing/fakeTabs";
import type { Changes } from "@/types/wire";
import { Feed, HOLE_MS, type FeedOptions } from "./feed";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const message = (seq: number) => makeMessage({ id: seq, seq });
const chat = (seq: number) => makeChat({ seq });

function setUp(more: Partial<FeedOptions> = {}) {
  const { sockets, create, latest } = createSockets();
  const listChanges = vi.fn((_: number, since: number): Promise<Changes> =>
    Promise.resolve({ items: [], seq: since, more: false }),
  );
  const listOwnChanges = vi.fn((since: number): Promise<Changes> =>
    Promise.resolve({ items: [], seq: since, more: false }),
  );
  const fetchAccount = vi.fn(() => Promise.resolve(makeAccount({ seq: 900 })));
  const feed = new Feed({
    api: { listChanges, listOwnChanges, fetchAccount },
    url: "ws://test/ws",
    userId: 7,
    token: () => "token",
    renew: () => Promise.resolve("token"),
    createSocket: create,
    ...more,
  });
  const changes: unknown[] = [];
  const onReset = vi.fn();
  const onOwnReset = vi.fn();
  feed.listen({ onChange: ({ data }) => changes.push(data), onReset, onOwnReset });
  feed.track(1, 4);
  feed.start();
  return { feed, sockets, latest, listChanges, listOwnChanges, fetchAccount, changes, onReset, onOwnReset };
}

describe("Feed", () => {
  it("passes changes on and counts them", async () => {
    const { feed, latest, listChanges, changes } = setUp();
    latest().welcome({ "1": 4 });
    latest().push("message:new", 5, message(5));
    latest().push("chat:updated", 6, chat(6));
    await vi.advanceTimersByTimeAsync(HOLE_MS * 2);
    expect(changes).toEqual([message(5), chat(6)]);
    expect(listChanges).not.toHaveBeenCalled();
    feed.stop();
  });

  it("reconnects with its cursors", async () => {
    const { feed, latest } = setUp();
    latest().welcome({ "1": 4 });
    latest().push("message:new", 5, message(5));
    latest().push("message:new", 7, message(7));
    latest().end(1012);
    await vi.advanceTimersByTimeAsync(1_000);
    latest().onopen?.();
    latest().answer();
    expect(latest().last.data).toEqual({ user_id: 7, since: null, cursors: { "1": 5 } });
    feed.stop();
  });

  it("drops an account the user no longer has, when pushed and on reconnecting", async () => {
    const { feed, latest, listChanges } = setUp();
    const onLeft = vi.fn();
    feed.listen({ onLeft });
    feed.track(2, 7);
    latest().welcome({ "1": 4, "2": 7 });
    expect(onLeft).not.toHaveBeenCalled();
    latest().push("account:left", undefined, { id: 2 }, 2);
    expect(onLeft.mock.calls).toEqual([[2]]);
    latest().end(1012);
    await vi.advanceTimersByTimeAsync(1_000);
    latest().onopen?.();
    latest().answer();
    expect(latest().last.data).toEqual({ user_id: 7, since: null, cursors: { "1": 4 } });
    latest().answer(true, { accounts: {} });
    expect(onLeft.mock.calls).toEqual([[2], [1]]);
    await vi.advanceTimersByTimeAsync(HOLE_MS * 2);
    expect(listChanges).not.toHaveBeenCalled();
    feed.stop();
  });

  it("waits for a gap to close by itself", async () => {
    const { feed, latest, listChanges } = setUp();
    latest().welcome({ "1": 4 });
    latest().push("message:new", 6, message(6));
    await vi.advanceTimersByTimeAsync(HOLE_MS / 2);
    latest().push("message:new", 5, message(5));
    await vi.advanceTimersByTimeAsync(HOLE_MS * 2);
    expect(listChanges).not.toHaveBeenCalled();
    feed.stop();
  });

  it("fills a lasting gap page by page", async () => {
    const { feed, latest, listChanges, changes } = setUp();
    listChanges
      .mockResolvedValueOnce({ items: [{ seq: 6, event: "message:new", data: message(6) }], seq: 6, more: true })
      .mockResolvedValueOnce({ items: [{ seq: 8, event: "message:new", data: message(8) }], seq: 9, more: false });
    latest().welcome({ "1": 4 });
    latest().push("message:new", 9, message(9));
    await vi.advanceTimersByTimeAsync(HOLE_MS * 3);
    expect(listChanges.mock.calls).toEqual([[1, 4], [1, 6]]);
    expect(changes).toEqual([message(9), message(6), message(8)]);
    feed.stop();
  });

  it("goes on after a page of which a restricted agent gets nothing", async () => {
    const { feed, latest, listChanges, changes } = setUp();
    latest().welcome({ "1": 4 });
    listChanges.mockResolvedValueOnce({ items: [], seq: 504, more: true });
    listChanges.mockResolvedValueOnce({ items: [], seq: 700, more: false });
    latest().push("skipped", 700, {});
    await vi.advanceTimersByTimeAsync(HOLE_MS * 2);
    expect(listChanges.mock.calls).toEqual([[1, 4], [1, 504]]);
    expect(changes).toEqual([{}]);
    expect(feed.isComplete).toBe(true);
    feed.stop();
  });

  it("ignores a malformed change and reads its row over REST", async () => {
    const { feed, latest, listChanges, changes } = setUp();
    listChanges.mockResolvedValueOnce({ items: [{ seq: 5, event: "message:new", data: message(5) }], seq: 5, more: false });
    latest().welcome({ "1": 4 });
    latest().push("message:new", 5, { ...message(5), body: 5 });
    expect(changes).toEqual([]);
    expect(feed.isComplete).toBe(false);
    await vi.advanceTimersByTimeAsync(HOLE_MS * 3);
    expect(listChanges.mock.calls).toEqual([[1, 4]]);
    expect(changes).toEqual([message(5)]);
    expect(feed.isComplete).toBe(true);
    feed.stop();
  });

  it("requests a row that stays malformed only once", async () => {
    const { feed, latest, listChanges, changes } = setUp();
    listChanges.mockResolvedValue({ items: [{ seq: 5, event: "message:new", data: { id: 5 } }], seq: 5, more: false });
    latest().welcome({ "1": 4 });
    latest().push("message:new", 5, { id: 5 });
    await vi.advanceTimersByTimeAsync(HOLE_MS * 10);
    expect(listChanges).toHaveBeenCalledTimes(1);
    expect(changes).toEqual([]);
    feed.stop();
  });

  it("skips events of a newer server without requesting them", async () => {
    const { feed, latest, listChanges, changes } = setUp();
    latest().welcome({ "1": 4 });
    latest().push("poll:opened", 5, { id: 1 });
    await vi.advanceTimersByTimeAsync(HOLE_MS * 3);
    expect(listChanges).not.toHaveBeenCalled();
    expect([changes, feed.isComplete]).toEqual([[], true]);
    feed.stop();
  });

  it("detects the loss of the last event by the head", async () => {
    const { feed, latest, listChanges } = setUp();
    listChanges.mockResolvedValueOnce({ items: [], seq: 5, more: false });
    latest().welcome({ "1": 4 });
    latest().deliver({ event: "head", data: { "1": 5 } });
    await vi.advanceTimersByTimeAsync(HOLE_MS * 3);
    expect(listChanges.mock.calls).toEqual([[1, 4]]);
    feed.stop();
  });

  it("trusts the join that everything was replayed, superseded seqs included", async () => {
    const { feed, latest, listChanges, changes } = setUp();
    latest().onopen?.();
    latest().answer();
    latest().push("message:new", 9, message(9));
    latest().push("chat:updated", 30, chat(30));
    latest().answer(true, { accounts: { "1": 30 } });
    expect(feed.isComplete).toBe(true);
    await vi.advanceTimersByTimeAsync(HOLE_MS * 3);
    expect(listChanges).not.toHaveBeenCalled();
    expect(changes).toEqual([message(9), chat(30)]);
    feed.stop();
  });

  it("fills the gap page by page when a reset could not be read", async () => {
    const { feed, latest, listChanges, fetchAccount } = setUp();
    fetchAccount.mockRejectedValueOnce(new Error("away"));
    listChanges.mockResolvedValueOnce({ items: [], seq: 900, more: false });
    latest().onopen?.();
    latest().answer();
    latest().push("reset", undefined, { account_id: 1 });
    latest().answer(true, { accounts: { "1": 900 } });
    expect(feed.isComplete).toBe(false);
    await vi.advanceTimersByTimeAsync(HOLE_MS * 3);
    expect(listChanges.mock.calls).toEqual([[1, 4]]);
    expect(feed.isComplete).toBe(true);
    feed.stop();
  });

  it("reads what a tab missed before it joined a shared socket", async () => {
    const browser = createBrowser();
    const leader = setUp({ tabServices: browser.openTab() });
    await vi.advanceTimersByTimeAsync(0);
    leader.latest().welcome({ "1": 4 });
    leader.latest().push("message:new", 5, message(5));
    const late = setUp({ tabServices: browser.openTab() });
    late.listChanges.mockResolvedValueOnce({ items: [{ seq: 5, event: "message:new", data: message(5) }], seq: 5, more: false });
    await vi.advanceTimersByTimeAsync(HOLE_MS * 3);
    expect(late.sockets).toEqual([]);
    expect(late.changes).toEqual([message(5)]);
    expect(late.feed.isComplete).toBe(true);
    leader.feed.stop();
    late.feed.stop();
  });

  it("retries when the server could not answer", async () => {
    const { feed, latest, listChanges } = setUp();
    listChanges.mockRejectedValueOnce(new Error("away")).mockResolvedValueOnce({ items: [], seq: 6, more: false });
    latest().welcome({ "1": 4 });
    latest().push("message:new", 6, message(6));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(listChanges.mock.calls).toEqual([[1, 4], [1, 4]]);
    feed.stop();
  });

  it("moves the cursor first and reads again on a reset", async () => {
    const { feed, latest, listChanges, onReset } = setUp();
    latest().welcome({ "1": 4 });
    latest().push("reset", undefined, { account_id: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect(onReset).toHaveBeenCalledWith(1, expect.objectContaining({ id: 1, seq: 900 }));
    latest().push("message:new", 901, message(901));
    await vi.advanceTimersByTimeAsync(HOLE_MS * 2);
    expect(listChanges).not.toHaveBeenCalled();
    feed.stop();
  });

  it.each<[string, (latest: ReturnType<typeof setUp>["latest"]) => void]>([
    ["the server says so", (latest) => latest().push("reset", undefined, { account_id: 1 })],
    ["it joins below where it was", (latest) => latest().answer(true, { accounts: { "1": 3 } })],
    ["the server's head is below", (latest) => latest().deliver({ event: "head", data: { "1": 3 } })],
  ])("moves back and reads again after a backup was restored: %s", async (_, act) => {
    const { feed, latest, listChanges, fetchAccount, onReset } = setUp();
    listChanges.mockResolvedValue({ items: [], seq: 3, more: false, reset: true });
    fetchAccount.mockResolvedValue(makeAccount({ seq: 3 }));
    latest().onopen?.();
    latest().answer();
    latest().push("message:new", 5, message(5));
    act(latest);
    latest().answer(true, { accounts: { "1": 3 } });
    await vi.advanceTimersByTimeAsync(0);
    expect(onReset).toHaveBeenCalledTimes(1);
    latest().push("message:new", 4, message(4));
    latest().end(1012);
    await vi.advanceTimersByTimeAsync(1_000);
    latest().onopen?.();
    latest().answer();
    expect(latest().last.data).toEqual({ user_id: 7, since: null, cursors: { "1": 4 } });
    feed.stop();
  });

  it("gives up on endless pages and reads again", async () => {
    const { feed, latest, listChanges, onReset } = setUp();
    listChanges.mockImplementation((_, since) =>
      Promise.resolve({ items: [{ seq: since + 1, event: "message:new", data: message(since + 1) }], seq: 900, more: true }),
    );
    latest().welcome({ "1": 4 });
    latest().deliver({ event: "head", data: { "1": 900 } });
    await vi.advanceTimersByTimeAsync(HOLE_MS * 3);
    expect(onReset).toHaveBeenCalledTimes(1);
    feed.stop();
  });

  it("tracks an unknown account from its first event", async () => {
    const { feed, latest, listChanges } = setUp();
    latest().welcome({ "1": 4 });
    latest().push("account:updated", 3, makeAccount({ id: 2, seq: 3 }), 2);
    latest().push("chat:updated", 4, makeChat({ account_id: 2, seq: 4 }), 2);
    await vi.advanceTimersByTimeAsync(HOLE_MS * 2);
    expect(listChanges).not.toHaveBeenCalled();
    feed.stop();
  });
});
