/** How many chats are mine, unassigned and open: the server's counters, read again when a change may have moved them. */
import { keepPreviousData, useQuery, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useAccounts } from "@/lib/accounts";
import { useFirstApi } from "@/lib/api/context";
import { paced } from "@/lib/paced";
import type { AccountCounts, Chat } from "@/types/wire";

const COUNTS_KEY = "counts";
/** Events keep the counts exact; this only limits how long an error could last. */
const STALE_MS = 10 * 60_000;

export type Counts = Omit<AccountCounts, "account_id" | "seq" | "groups" | "archived">;

const NONE: Counts = { mine: 0, unassigned: 0, open: 0, snoozed: 0, waiting: 0 };

/** The chats of these accounts together. */
export const sumCounts = (counts: readonly AccountCounts[], accountIds: readonly number[]): Counts =>
  counts
    .filter(({ account_id }) => accountIds.includes(account_id))
    .reduce<Counts>(
      (sum, one) => ({
        mine: sum.mine + one.mine,
        unassigned: sum.unassigned + one.unassigned,
        open: sum.open + one.open,
        snoozed: sum.snoozed + one.snoozed,
        waiting: sum.waiting + one.waiting,
      }),
      NONE,
    );

/** Of each account; undefined until they are known. */
export function useAccountCounts(): readonly AccountCounts[] | undefined {
  const api = useFirstApi();
  const accounts = useAccounts().data;
  const ids = useMemo(() => accounts?.map(({ id }) => id) ?? [], [accounts]);
  return useQuery({
    queryKey: [COUNTS_KEY, ids],
    queryFn: ({ signal }) => api.fetchCounts(signal),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    staleTime: STALE_MS,
  }).data;
}

export function useCounts(shown: readonly number[]): Counts {
  const data = useAccountCounts();
  return useMemo(() => sumCounts(data ?? [], shown), [data, shown]);
}

/** Closed chats count if they are groups or archived. */
const countedAs = ({ status, archived, kind, assignee, waiting_since }: Chat): string =>
  status === "closed" && !archived && kind !== "group" ? "" : [status, archived, kind, assignee?.id, waiting_since === null].join();

/** Of a chat that is not known, any change may be one of its state. */
export const movesCounts = (before: Chat | undefined, chat: Chat): boolean => before === undefined || countedAs(before) !== countedAs(chat);

/** What to call when a chat has changed: other counts are read then. */
export const recountOn = (client: QueryClient): (() => void) => paced(() => void client.invalidateQueries({ queryKey: [COUNTS_KEY] }));
