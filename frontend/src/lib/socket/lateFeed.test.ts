/** A feed that is asked for things before its code is loaded. */
import { describe, expect, it, vi } from "vitest";
import type { FeedListener } from "./feed";
import { LateFeed, type LiveFeed } from "./lateFeed";

/** A feed whose pushes the test gives. */
function makeFeed() {
  const listeners: FeedListener[] = [];
  const leave = vi.fn();
  const openChat = vi.fn(() => leave);
  const feed = { state: "live", isComplete: true, openChat, start: vi.fn(), listen: (listener: FeedListener) => listeners.push(listener) } as unknown as LiveFeed;
  return { feed, openChat, leave, listener: () => listeners[0], count: () => listeners.length };
}

describe("a late feed", () => {
  it("is stopped, and knows of no gap, until the feed is there", () => {
    const late = new LateFeed();
    late.start();
    expect([late.state, late.isComplete]).toEqual(["stopped", false]);
    late.attach(makeFeed().feed);
    expect([late.state, late.isComplete]).toEqual(["live", true]);
  });

  it("tells those who listened before, until they leave", () => {
    const [late, made, onState] = [new LateFeed(), makeFeed(), vi.fn()];
    const leave = late.listen({ onState });
    late.attach(made.feed);
    made.listener()?.onState?.("live");
    leave();
    made.listener()?.onState?.("waiting");
    expect(onState.mock.calls).toEqual([["live"]]);
  });

  it("opens the chats that were open before", () => {
    const [late, made] = [new LateFeed(), makeFeed()];
    late.openChat(4)();
    const leave = late.openChat(5);
    late.attach(made.feed);
    expect(made.openChat.mock.calls).toEqual([[5]]);
    leave();
    expect(made.leave).toHaveBeenCalledTimes(1);
  });

  it("is attached once", () => {
    const [late, first, second] = [new LateFeed(), makeFeed(), makeFeed()];
    late.attach(first.feed);
    late.attach(second.feed);
    late.openChat(5);
    expect([first.openChat.mock.calls.length, second.openChat.mock.calls.length, second.count()]).toEqual([1, 0, 0]);
  });
});
