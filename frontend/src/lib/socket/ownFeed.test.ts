/** What belongs to the user has a cursor, gaps and resets like an account. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makePreferences } from "@/testing/factories";
import { createSockets } from "@/testing/fakeSocket";
import { createBrowser } from "@/testing/fakeTabs";
import type { Changes } from "@/types/wire";
import { Feed, HOLE_MS, type FeedOptions } from "./feed";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const EVENT = "preferences:updated";
const row = (seq: number) => makePreferences({ seq });
const item = (seq: number) => ({ seq, event: EVENT, data: row(seq) });

function setUp(more: Partial<FeedOptions> = {}) {
  const { sockets, create, latest } = createSockets();
  const listOwnChanges = vi.fn((since: number): Promise<Changes> => Promise.resolve({ items: [], seq: since, more: false }));
  const feed = new Feed({
    api: { listChanges: vi.fn(), listOwnChanges, fetchAccount: vi.fn() },
    url: "ws://test/ws",
    userId: 7,
    token: () => "token",
    renew: () => Promise.resolve("token"),
    createSocket: create,
    ...more,
  });
  const seen: number[] = [];
  const onOwnReset = vi.fn();
  const onLeft = vi.fn();
  feed.listen({
    onChange: ({ event, data }, accountId) => event === EVENT && accountId === null && seen.push(data.seq),
    onOwnReset,
    onLeft,
  });
  feed.start();
  return { feed, sockets, latest, listOwnChanges, seen, onOwnReset, onLeft };
}

async function rejoin(latest: ReturnType<typeof setUp>["latest"]) {
  latest().end(1012);
  await vi.advanceTimersByTimeAsync(1_000);
  latest().onopen?.();
  latest().answer();
}

describe("the user's own feed", () => {
  it("begins with the first join, and asks that what was read before is read again", () => {
    const { feed, latest, onOwnReset } = setUp();
    latest().onopen?.();
    latest().answer();
    expect(latest().last.data).toEqual({ user_id: 7, since: null });
    latest().pushOwn(EVENT, 5, row(5)); // joined, but not acknowledged yet
    latest().answer(true, { accounts: {}, seq: 5 });
    expect(onOwnReset).toHaveBeenCalledTimes(1);
    expect(feed.isComplete).toBe(true);
    feed.stop();
  });

  it("passes changes on and reconnects with its cursor", async () => {
    const { feed, latest, listOwnChanges, seen, onOwnReset, onLeft } = setUp();
    latest().welcome({}, 4);
    latest().pushOwn(EVENT, 5, row(5));
    await rejoin(latest);
    expect(latest().last.data).toEqual({ user_id: 7, since: 5 });
    latest().pushOwn(EVENT, 7, row(7));
    latest().answer(true, { accounts: {}, seq: 7 });
    await vi.advanceTimersByTimeAsync(HOLE_MS * 3);
    expect(listOwnChanges).not.toHaveBeenCalled();
    expect(seen).toEqual([5, 7]);
    expect(onOwnReset).toHaveBeenCalledTimes(1);
    expect(onLeft).not.toHaveBeenCalled();
    feed.stop();
  });

  it("fills a lasting gap over REST", async () => {
    const { feed, latest, listOwnChanges, seen } = setUp();
    listOwnChanges.mockResolvedValueOnce({ items: [item(5)], seq: 6, more: false });
    latest().welcome({}, 4);
    latest().pushOwn(EVENT, 6, row(6));
    await vi.advanceTimersByTimeAsync(HOLE_MS * 3);
    expect(listOwnChanges.mock.calls).toEqual([[4]]);
    expect(seen).toEqual([6, 5]);
    feed.stop();
  });

  it("detects the loss of the last change by the head", async () => {
    const { feed, latest, listOwnChanges } = setUp();
    listOwnChanges.mockResolvedValueOnce({ items: [item(5)], seq: 5, more: false });
    latest().welcome({}, 4);
    latest().deliver({ event: "head", user_id: 7, seq: 5, data: {} });
    await vi.advanceTimersByTimeAsync(HOLE_MS * 3);
    expect(listOwnChanges.mock.calls).toEqual([[4]]);
    expect(feed.isComplete).toBe(true);
    feed.stop();
  });

  it.each<[string, (latest: ReturnType<typeof setUp>["latest"]) => void]>([
    ["the server says so", (latest) => latest().deliver({ event: "reset", data: { user_id: 7 } })],
    ["the server's head is below", (latest) => latest().deliver({ event: "head", user_id: 7, seq: 2, data: {} })],
  ])("goes back and reads again after a backup was restored: %s", async (_, act) => {
    const { feed, latest, listOwnChanges, onOwnReset } = setUp();
    listOwnChanges.mockResolvedValue({ items: [], seq: 2, more: false, reset: true });
    latest().welcome({}, 4);
    act(latest);
    await vi.advanceTimersByTimeAsync(0);
    expect(onOwnReset).toHaveBeenCalledTimes(2);
    latest().pushOwn(EVENT, 3, row(3));
    await rejoin(latest);
    expect(latest().last.data).toEqual({ user_id: 7, since: 3 });
    feed.stop();
  });

  it("does without a feed where the server has none", async () => {
    const { feed, latest, onOwnReset, onLeft } = setUp();
    latest().welcome({});
    await rejoin(latest);
    latest().answer(true, { accounts: {} });
    expect([onOwnReset.mock.calls, onLeft.mock.calls, feed.isComplete]).toEqual([[], [], true]);
    feed.stop();
  });

  it("is complete in every tab of a shared socket", async () => {
    const browser = createBrowser();
    const leader = setUp({ tabServices: browser.openTab() });
    await vi.advanceTimersByTimeAsync(0);
    leader.latest().welcome({}, 4);
    const late = setUp({ tabServices: browser.openTab() });
    await vi.advanceTimersByTimeAsync(0);
    expect(late.onOwnReset).toHaveBeenCalledTimes(1);
    leader.latest().pushOwn(EVENT, 5, row(5));
    await vi.advanceTimersByTimeAsync(0);
    expect([late.sockets, late.seen, leader.seen]).toEqual([[], [5], [5]]);
    leader.feed.stop();
    await vi.advanceTimersByTimeAsync(0);
    late.latest().onopen?.();
    late.latest().answer();
    expect(late.latest().last.data).toEqual({ user_id: 7, since: 5 });
    late.feed.stop();
  });
});
