/** How many chats the filters of the menu would show: for the lists that the counters know. */
import { useLocation } from "@/lib/navigation";
import { isForgotten, useAccounts } from "@/lib/accounts";
import type { AccountCounts } from "@/types/wire";
import { useAccountCounts } from "@/features/inbox/chats/query/counts";
import { parseQuery, withChange, type ListQuery } from "@/features/inbox/chats/query/listQuery";
import { sumOf, useUnread, type Unread } from "@/features/inbox/chats/unread";
import { idsOf } from "@/features/inbox/views/ids";

export type CountedFilter = "groups" | "archived";

export interface FilterCount {
  readonly chats: number;
  /** Their unread messages; null where those of a part of them are not known. */
  readonly unread: number | null;
}

/** Counters know status, and whether a chat is the user's or without an assignee; and nothing else. */
const isCounted = ({ assigneeId, teamId, labels, waitingMinutes, target, mentioned, sort }: ListQuery): boolean =>
  assigneeId === null && teamId === null && labels.length === 0 && waitingMinutes === null && target === null && !mentioned && sort === "recent";

/** Null where the list is narrowed by what is not counted. `query` is that of the list with this filter. */
export function countFilter(accounts: readonly AccountCounts[], unread: Unread, filter: CountedFilter, query: ListQuery): FilterCount | null {
  if (!isCounted(query)) return null;
  const view = query.isRestricted ? "all" : query.view;
  const rows = accounts.map((row) => (filter === "archived" ? row.archived : row.groups[view]));
  const chats = rows.reduce((sum, row) => sum + (query.status === "any" ? row.open + row.snoozed + row.closed : row[query.status]), 0);
  return { chats, unread: view === "all" && query.status === "any" ? unread[filter] : null };
}

/** Of the accounts whose chats are shown. */
export function useFilterCounts(query: ListQuery): (filter: CountedFilter) => FilterCount | null {
  const { search } = useLocation();
  const accounts = (useAccounts().data ?? []).filter((account) => !isForgotten(account)).map(({ id }) => id);
  const chosen = idsOf(new URLSearchParams(search).get("account")).filter((id) => accounts.includes(id));
  const shown = chosen.length === 0 ? accounts : chosen;
  const unread = sumOf(useUnread(), shown);
  const counts = useAccountCounts();
  return (filter) => {
    const next = parseQuery(withChange(new URLSearchParams(search), { filter }), query, query.isRestricted);
    return counts === undefined ? null : countFilter(counts.filter(({ account_id }) => shown.includes(account_id)), unread, filter, next);
  };
}
