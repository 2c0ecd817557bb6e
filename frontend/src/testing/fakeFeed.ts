/** A feed whose changes are the test's. */
import { act } from "@testing-library/react";
import type { Change } from "@/lib/socket/changes";
import type { Feed, FeedListener } from "@/lib/socket/feed";

export function makeFeed() {
  const listeners = new Set<FeedListener>();
  const listen = (listener: FeedListener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const push = (change: Change, accountId = 1) => act(() => {
    for (const { onChange } of listeners) onChange?.(change, accountId);
  });
  return { feed: { state: "live", listen } as unknown as Feed, push };
}
