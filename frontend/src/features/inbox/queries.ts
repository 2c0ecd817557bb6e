/** Reads chats, and merges the live rows into them. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useFirstApi } from "@/lib/api/context";
import { CHAT_PAGE } from "@/lib/api/first";
import { newestOf } from "@/lib/rows";
import type { Chat } from "@/types/wire";
import { collectChats, fetchChatPage, fetchFirstPage, findFloor, firstPosition, hasMore, isBeginning, sortChats } from "@/features/inbox/chats/query/chatPages";
import { ALL_CHATS, keyOfQuery, searchOf, wantsChat, type ListQuery } from "@/features/inbox/chats/query/listQuery";
import { withGuess } from "@/features/inbox/data/chatGuesses";
import { CHAT_KEY, CHATS_KEY } from "@/features/inbox/data/queryKeys";
import { useLabels } from "@/features/inbox/labels/labelsContext";
import { useInboxSnapshot } from "./context";

/** Events keep the rows fresh; this only limits how long an error could last. */
const STALE_MS = 10 * 60_000;

/** Where there are no chats of one's own, it does not matter whose they are. */
const NO_USER = 0;
const PINNED = { filter: "pinned" };

interface ListOptions {
  readonly query?: ListQuery;
  readonly openId?: number | null;
  /** Null while it is not known. */
  readonly userId?: number | null;
}

/**
 * The chats of these accounts. The open chat (`openId`) stays in the list after it no longer matches the query: a chat
 * must not disappear while it is being read.
 */
export function useChatList(accountIds: readonly number[], { query: wanted = ALL_CHATS, openId = null, userId = null }: ListOptions = {}) {
  const api = useFirstApi();
  const { chats: live, chatGuesses, progress, tombstones } = useInboxSnapshot();
  const query = useInfiniteQuery({
    queryKey: [CHATS_KEY, accountIds, keyOfQuery(wanted)],
    queryFn: ({ pageParam, signal }) => {
      const list = (search: Readonly<Record<string, string>>) => (accountId: number, cursor: string | null) =>
        api.listChats(accountId, { cursor, limit: CHAT_PAGE, wanted: search }, signal);
      const listed = list(searchOf(wanted));
      return isBeginning(pageParam) && wanted.sort === "recent"
        ? fetchFirstPage(pageParam, listed, list(wanted.mentioned ? { ...PINNED, mentioned: "me" } : PINNED))
        : fetchChatPage(pageParam, listed, wanted.sort);
    },
    initialPageParam: firstPosition(accountIds),
    getNextPageParam: ({ next }) => (hasMore(next) ? next : undefined),
    placeholderData: keepPreviousData,
    enabled: accountIds.length > 0,
    staleTime: STALE_MS,
  });
  const pages = query.data?.pages;
  const { privateOf } = useLabels();
  // Until the answer, the rows of the list before are shown.
  const named = useMemo(() => (wanted.mentioned && !query.isPlaceholderData ? new Set(pages?.flatMap((page) => page.chats.map(({ id }) => id))) : null), [wanted, pages, query.isPlaceholderData]);
  const wants = useCallback(
    (chat: Chat) => (wantsChat(wanted, userId ?? NO_USER, privateOf)(chat) && named?.has(chat.id) !== false) || (chat.id === openId && staysOpen(chat, wanted)),
    [wanted, openId, userId, privateOf, named],
  );
  const known = useMemo(() => {
    const rows = [...live.values()].filter((chat) => !tombstones.hasChat(chat));
    return collectChats(pages ?? [], rows, accountIds, progress, chatGuesses);
  }, [pages, live, accountIds, progress, chatGuesses, tombstones]);
  const chats = useMemo(
    () => (pages === undefined ? null : sortChats(known.values(), findFloor(pages.at(-1)?.next ?? {}), wants, wanted.sort)),
    [pages, known, wants, wanted.sort],
  );
  return { ...query, chats, known };
}

/** An open chat that was read, taken or closed meanwhile; the archive and the list of groups are as they are. */
const staysOpen = (chat: Chat, { filter }: ListQuery): boolean => !chat.archived && (filter === "all" || filter === "unread");

/** One chat, whether or not it is in the list. */
export function useChat(accountId: number, chatId: number, listed: Chat | undefined) {
  const api = useFirstApi();
  const { chats, chatGuesses, tombstones } = useInboxSnapshot();
  const live = chats.get(chatId);
  const query = useQuery({
    queryKey: [CHAT_KEY, accountId, chatId],
    queryFn: ({ signal }) => api.fetchChat(accountId, chatId, signal),
    staleTime: STALE_MS,
  });
  const rows = [listed, live, query.data].filter((row) => row !== undefined).filter((row) => !tombstones.hasChat(row));
  const newest = newestOf(rows).get(chatId);
  const chat = useMemo(() => newest && withGuess(newest, chatGuesses), [newest, chatGuesses]);
  return { ...query, chat };
}
