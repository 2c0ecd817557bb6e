/** Keeps fresh what the server pushes without a seq: it is never replayed, so it is read again when a push may have been lost. */
import { useQueryClient, type QueryClient, type QueryKey } from "@tanstack/react-query";
import { useEffect } from "react";
import { FIELDS_KEY } from "@/features/inbox/data/queryKeys";
import { LABELS_KEY, PRIVATE_KEY } from "@/features/inbox/labels/labelQueries";
import { VIEWS_KEY } from "@/features/inbox/views/viewQueries";
import { ACCOUNTS_KEY } from "@/lib/accounts";
import { applyMonth, USAGE_KEY } from "@/lib/monthUsage";
import { ME_KEY } from "@/lib/rights";
import { useFeed } from "@/lib/socket/context";
import type { LiveFeed } from "@/lib/socket/lateFeed";
import { ENTITLEMENTS_KEY } from "@/lib/usage";

/** What each of these events is about. */
export const UNNUMBERED = {
  "usage:updated": [[USAGE_KEY], ENTITLEMENTS_KEY],
  "labels:changed": [LABELS_KEY, PRIVATE_KEY],
  "views:changed": [VIEWS_KEY],
  "contact-fields:changed": [[FIELDS_KEY]],
  "rights:changed": [ME_KEY, ACCOUNTS_KEY],
} as const satisfies Readonly<Record<string, readonly QueryKey[]>>;

type Unnumbered = keyof typeof UNNUMBERED;

const ALL = Object.keys(UNNUMBERED) as Unnumbered[];
/** Every page of an instance is told in the same moment that pushes may have been lost; they spread their requests over this time. */
const SPREAD_MS = 3000;
/** The page's first answer has the rights, and has only just been read. */
const AT_FIRST = ALL.filter((event) => event !== "rights:changed");

const isUnnumbered = (event: string): event is Unnumbered => event in UNNUMBERED;

function renew(client: QueryClient, events: readonly Unnumbered[]): void {
  for (const queryKey of events.flatMap((event): readonly QueryKey[] => UNNUMBERED[event])) {
    void client.invalidateQueries({ queryKey });
  }
}

/** Returns what ends it. */
export function followUnnumbered(feed: Pick<LiveFeed, "listen">, client: QueryClient): () => void {
  let hasBeenLive = false;
  let later: ReturnType<typeof setTimeout> | undefined;
  const stop = feed.listen({
    onChange: ({ event, data }) => {
      if (event === "usage:updated") applyMonth(client, data);
      else if (event === "unnumbered:missed") later ??= setTimeout(renewAll, Math.random() * SPREAD_MS);
      else if (isUnnumbered(event)) renew(client, [event]);
    },
    onState: (state) => {
      if (state !== "live") return;
      renew(client, hasBeenLive ? ALL : AT_FIRST);
      hasBeenLive = true;
    },
  });
  function renewAll(): void {
    later = undefined;
    renew(client, ALL);
  }
  return () => {
    clearTimeout(later);
    stop();
  };
}

export function useUnnumbered(): void {
  const feed = useFeed();
  const client = useQueryClient();
  useEffect(() => followUnnumbered(feed, client), [feed, client]);
}
