/** Reads chats and messages, and merges the live rows into them. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useApi } from "@/lib/api/context";
import type { MessagePosition } from "@/lib/api/routes";
import { newestOf } from "@/lib/rows";
import type { Chat, Message, Window } from "@/types/wire";
import { mergeBubbles, type Bubble } from "@/features/inbox/thread/bubbles";
import { fetchChatPage, fetchFirstPage, firstPosition, hasMore, isBeginning, isShown, mergeChats, type ChatFilter } from "@/features/inbox/chats/chatPages";
import { CHAT_KEY, CHATS_KEY, MESSAGES_KEY } from "@/features/inbox/data/queryKeys";
import { useInboxSnapshot } from "./context";

const CHAT_PAGE = 40;
const MESSAGE_PAGE = 50;
/** Events keep the rows fresh; this only limits how long an error could last. */
const STALE_MS = 10 * 60_000;

/** How long a closed thread stays cached. */
const THREAD_CACHE_MS = 5 * 60_000;

/**
 * The chats of these accounts. The open chat (`openId`) stays in the list after it no longer matches the filter: a chat
 * must not disappear while it is being read.
 */
export function useChatList(accountIds: readonly number[], filter: ChatFilter = "all", openId: number | null = null) {
  const api = useApi();
  const { chats: live, progress, tombstones } = useInboxSnapshot();
  const query = useInfiniteQuery({
    queryKey: [CHATS_KEY, accountIds, filter],
    queryFn: ({ pageParam, signal }) => {
      const list = (chosen: ChatFilter | "pinned") => (accountId: number, cursor: string | null) =>
        api.listChats(accountId, { cursor, limit: CHAT_PAGE, filter: chosen }, signal);
      return isBeginning(pageParam)
        ? fetchFirstPage(pageParam, list(filter), list("pinned"))
        : fetchChatPage(pageParam, list(filter));
    },
    initialPageParam: firstPosition(accountIds),
    getNextPageParam: ({ next }) => (hasMore(next) ? next : undefined),
    placeholderData: keepPreviousData,
    enabled: accountIds.length > 0,
    staleTime: STALE_MS,
  });
  const pages = query.data?.pages;
  const wants = useCallback(
    (chat: Chat) =>
      !tombstones.hasChat(chat) && (isShown(chat, filter) || (filter === "unread" && chat.id === openId && !chat.archived)),
    [filter, openId, tombstones],
  );
  const chats = useMemo(
    () => (pages === undefined ? null : mergeChats(pages, live.values(), accountIds, progress, wants)),
    [pages, live, accountIds, progress, wants],
  );
  return { ...query, chats };
}

/** One chat, whether or not it is in the list. */
export function useChat(accountId: number, chatId: number, listed: Chat | undefined) {
  const api = useApi();
  const { chats, tombstones } = useInboxSnapshot();
  const live = chats.get(chatId);
  const query = useQuery({
    queryKey: [CHAT_KEY, accountId, chatId],
    queryFn: ({ signal }) => api.fetchChat(accountId, chatId, signal),
    staleTime: STALE_MS,
  });
  const rows = [listed, live, query.data].filter((row) => row !== undefined).filter((row) => !tombstones.hasChat(row));
  const chat = newestOf(rows).get(chatId);
  return { ...query, chat };
}

const NO_ROWS: ReadonlyMap<number, Message> = new Map();

/** The messages of a chat: the newest, or those around one message, from which both directions can be read. */
export function useMessages(accountId: number, chatId: number, around: number | null = null) {
  const api = useApi();
  const { messages, guesses, pending, contacts, tombstones } = useInboxSnapshot();
  const beginning: MessagePosition = around === null ? {} : { around: String(around) };
  const query = useInfiniteQuery({
    queryKey: [MESSAGES_KEY, accountId, chatId, around],
    queryFn: ({ pageParam, signal }): Promise<Window<Message>> =>
      api.listMessages(accountId, chatId, pageParam, MESSAGE_PAGE, signal),
    initialPageParam: beginning,
    getNextPageParam: ({ next_cursor }): MessagePosition | undefined => (next_cursor === null ? undefined : { cursor: next_cursor }),
    getPreviousPageParam: ({ previous_cursor }): MessagePosition | undefined =>
      (previous_cursor ? { newer: previous_cursor } : undefined),
    staleTime: STALE_MS,
    // Messages around an anchor are not reused: the user returns to the newest ones.
    gcTime: around === null ? THREAD_CACHE_MS : 0,
  });
  const pages = query.data?.pages;
  const live = messages.get(chatId) ?? NO_ROWS;
  const { hasNextPage: hasOlder, hasPreviousPage: hasNewer } = query;
  const bubbles = useMemo((): Bubble[] | null => {
    if (pages === undefined) return null;
    const own = pending.filter((entry) => entry.chatId === chatId);
    const open = { hasOlder, hasNewer };
    const read = pages.flatMap((page) => page.items.filter((row) => !tombstones.hasMessage(row)));
    return mergeBubbles(read, live.values(), own, open, guesses, contacts);
  }, [pages, live, guesses, pending, contacts, tombstones, chatId, hasOlder, hasNewer]);
  return { ...query, bubbles };
}
