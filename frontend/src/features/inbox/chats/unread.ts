/** Unread counts by account: the server's counts with the changes since laid over them. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useAccounts } from "@/lib/accounts";
import { useFirstApi } from "@/lib/api/context";
import type { AccountUnread, Chat, UnreadChat } from "@/types/wire";
import { useInboxSnapshot } from "@/features/inbox/context";
import { withGuess, type Guessed } from "@/features/inbox/data/chatGuesses";
import type { Tombstones } from "@/features/inbox/data/tombstones";

export const UNREAD_KEY = "unread";
/** Events keep the counts exact; this only limits how long an error could last. */
const STALE_MS = 10 * 60_000;

export interface Unread {
  readonly messages: number;
  /** The part of them in archived chats. */
  readonly archived: number;
  /** The part of them in groups that are not archived. */
  readonly groups: number;
  /** How many chats have unread messages, without the archived ones. */
  readonly chats: number;
}

const NONE: Unread = { messages: 0, archived: 0, groups: 0, chats: 0 };

function unreadOf({ unread_count: messages, archived, kind }: UnreadChat): Unread {
  return { messages, archived: archived ? messages : 0, groups: !archived && kind === "group" ? messages : 0, chats: !archived && messages > 0 ? 1 : 0 };
}

/** A chat without newer changes counts as the server counted it. */
function countOne(counts: AccountUnread, live: Iterable<Chat>, tombstones: Tombstones, guessed: Guessed): Unread {
  const rows = new Map<number, UnreadChat>(counts.chats.map((row) => [row.id, row]));
  for (const chat of live) if (chat.account_id === counts.account_id && chat.seq > counts.seq) rows.set(chat.id, chat);
  const shown = [...rows.values()].filter((row) => !tombstones.hasChat(row)).map((row) => withGuess(row, guessed));
  return sumUnread(shown.map(unreadOf));
}

export function sumUnread(counts: readonly Unread[]): Unread {
  return counts.reduce(
    (sum, { messages, archived, groups, chats }) => ({
      messages: sum.messages + messages,
      archived: sum.archived + archived,
      groups: sum.groups + groups,
      chats: sum.chats + chats,
    }),
    NONE,
  );
}

export type UnreadByAccount = ReadonlyMap<number, Unread>;

export function countUnread(counts: readonly AccountUnread[], live: ReadonlyMap<number, Chat>, tombstones: Tombstones, guessed: Guessed = new Map()): UnreadByAccount {
  return new Map(counts.map((account) => [account.account_id, countOne(account, live.values(), tombstones, guessed)]));
}

/** By account, over all its chats, whether listed or not. */
export function useUnread(): UnreadByAccount {
  const api = useFirstApi();
  const accounts = useAccounts().data;
  const { chats: live, chatGuesses, tombstones } = useInboxSnapshot();
  const ids = useMemo(() => accounts?.map(({ id }) => id) ?? [], [accounts]);
  const { data } = useQuery({
    queryKey: [UNREAD_KEY, ids],
    queryFn: ({ signal }) => api.fetchUnread(signal),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    staleTime: STALE_MS,
  });
  return useMemo(() => countUnread((data ?? []).filter(({ account_id }) => ids.includes(account_id)), live, tombstones, chatGuesses), [data, live, tombstones, chatGuesses, ids]);
}

/** The unread messages of these accounts together. */
export const sumOf = (unread: UnreadByAccount, accountIds: Iterable<number>): Unread =>
  sumUnread([...accountIds].map((id) => unread.get(id) ?? NONE));

/** The unread messages of all accounts. */
export function useUnreadCount(): number {
  const unread = useUnread();
  return useMemo(() => sumOf(unread, unread.keys()).messages, [unread]);
}
