/** Provides the feed. */
import { createContext, use, useEffect, useEffectEvent, useSyncExternalStore } from "react";
import type { Account } from "@/types/wire";
import type { Change } from "./changes";
import type { ConnectionState } from "./connection";
import type { FeedListener } from "./feed";
import type { LiveFeed } from "./lateFeed";

export const FeedContext = createContext<LiveFeed | null>(null);

export function useFeed(): LiveFeed {
  const feed = use(FeedContext);
  if (feed === null) throw new Error("useFeed needs a FeedContext above it.");
  return feed;
}

/** Subscribes to all changes while mounted. */
export function useFeedListener(listener: Omit<FeedListener, "onState">): void {
  const feed = useFeed();
  const onChange = useEffectEvent((change: Change, accountId: number | null) =>
    listener.onChange?.(change, accountId),
  );
  const onReset = useEffectEvent((accountId: number, account: Account) => listener.onReset?.(accountId, account));
  const onLeft = useEffectEvent((accountId: number) => listener.onLeft?.(accountId));
  const onOwnReset = useEffectEvent(() => listener.onOwnReset?.());
  useEffect(
    () =>
      feed.listen({
        onChange: (change, accountId) => onChange(change, accountId),
        onReset: (accountId, account) => onReset(accountId, account),
        onLeft: (accountId) => onLeft(accountId),
        onOwnReset: () => onOwnReset(),
      }),
    [feed],
  );
}

export function useConnectionState(): ConnectionState {
  const feed = useFeed();
  return useSyncExternalStore(
    (notify) => feed.listen({ onState: notify }),
    () => feed.state,
  );
}
