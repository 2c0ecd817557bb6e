/** Reads the messages of a chat in both directions, and merges the live rows into them. */
import { useInfiniteQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useCallback, useEffect, useEffectEvent, useMemo, useState } from "react";
import { useApi } from "@/lib/api/context";
import type { MessagePosition } from "@/lib/api/routes";
import type { Message, Window } from "@/types/wire";
import { isBefore } from "@/features/inbox/data/liveThreads";
import { MESSAGES_KEY } from "@/features/inbox/data/queryKeys";
import { useInbox, useInboxSnapshot } from "@/features/inbox/context";
import { groupAlbums } from "./albums";
import { mergeBubbles, type Bubble } from "./bubbles";

const PAGE = 50;
/** A long thread is held in part: scrolling on drops the pages at the other end, which are read again on the way back. */
const MAX_PAGES = 16;
/** Events keep the rows fresh; this only limits how long an error could last. */
const STALE_MS = 10 * 60_000;
/** How long a closed thread stays cached. */
const CACHE_MS = 5 * 60_000;
/** More live rows than this are replaced by the newest page once the end is in view. */
const MAX_LIVE = 200;

const NO_ROWS: ReadonlyMap<number, Message> = new Map();
type Pages = InfiniteData<Window<Message>, MessagePosition>;

/**
 * A thread that was left in the middle opens anew where reading goes on, and so does one that got more messages while it
 * was closed than are held.
 */
function useFreshStart(key: readonly unknown[], chatId: number, hasNewer: boolean): void {
  const client = useQueryClient();
  const { store } = useInbox();
  const id = JSON.stringify(key);
  useState(() => {
    if (store.getSnapshot().cuts.has(chatId)) client.removeQueries({ queryKey: key, exact: true });
  });
  const drop = useEffectEvent((closed: string) => {
    if (hasNewer) setTimeout(() => client.removeQueries({ queryKey: JSON.parse(closed) as unknown[], exact: true, type: "inactive" }));
  });
  useEffect(() => () => drop(id), [id]);
}

/** Reads the newest page and continues from there, without an empty screen in between. */
function useRenew(key: readonly unknown[], accountId: number, chatId: number) {
  const api = useApi();
  const client = useQueryClient();
  const { store } = useInbox();
  const id = JSON.stringify(key);
  return useCallback(async () => {
    const page = await api.listMessages(accountId, chatId, {}, PAGE);
    await client.cancelQueries({ queryKey: JSON.parse(id) as unknown[], exact: true });
    client.setQueryData<Pages>(JSON.parse(id) as unknown[], { pages: [page], pageParams: [{}] });
    store.settleThread(chatId, page.items);
  }, [api, client, store, accountId, chatId, id]);
}

/** Where newer rows are read: after the first page, or after the last live row if more came than are held. */
function findNewer({ previous_cursor }: Window<Message>, cut: number | undefined): MessagePosition | undefined {
  if (previous_cursor) return { newer: previous_cursor };
  return cut === undefined ? undefined : { around: String(cut) };
}

interface Position {
  readonly accountId: number;
  readonly chatId: number;
  /** The message to read around; null for where reading goes on. */
  readonly around: number | null;
  /** Whether the user asked for the newest messages instead of the first unread one. */
  readonly isAtNewest: boolean;
}

const beginningOf = (isAtNewest: boolean): MessagePosition => (isAtNewest ? {} : { at: "unread" });

/** The pages that were read, at most so many. */
function usePages({ accountId, chatId, around, isAtNewest }: Position) {
  const api = useApi();
  const { store } = useInbox();
  const cut = useInboxSnapshot().cuts.get(chatId);
  const beginning: MessagePosition = around === null ? beginningOf(isAtNewest) : { around: String(around) };
  return useInfiniteQuery({
    queryKey: [MESSAGES_KEY, accountId, chatId, around],
    queryFn: async ({ pageParam, signal }): Promise<Window<Message>> => {
      const page = await api.listMessages(accountId, chatId, pageParam, PAGE, signal);
      if (cut !== undefined && pageParam.around === String(cut)) store.resumeThread(chatId);
      return page;
    },
    initialPageParam: beginning,
    getNextPageParam: ({ next_cursor }): MessagePosition | undefined => (next_cursor === null ? undefined : { cursor: next_cursor }),
    getPreviousPageParam: (page): MessagePosition | undefined => findNewer(page, cut),
    maxPages: MAX_PAGES,
    staleTime: STALE_MS,
    // Messages around an anchor are not reused: the user returns to the newest ones.
    gcTime: around === null ? CACHE_MS : 0,
  });
}

const NO_EARLY: readonly Message[] = [];

/** The live rows that are older than what was read. */
function findEarly(pages: readonly Window<Message>[], live: ReadonlyMap<number, Message>): readonly Message[] {
  const oldest = pages.at(-1)?.items.at(-1);
  return oldest === undefined ? NO_EARLY : [...live.values()].filter((row) => isBefore(row, oldest));
}

/** The messages of a chat: those at the first unread one, the newest, or those around one message; from there both directions can be read. */
export function useMessages(position: Position) {
  const { accountId, chatId, around } = position;
  const { messages, guesses, pending, contacts, tombstones } = useInboxSnapshot();
  const { userId } = useInbox();
  const query = usePages(position);
  const key = [MESSAGES_KEY, accountId, chatId, around];
  const pages = query.data?.pages;
  const live = messages.get(chatId) ?? NO_ROWS;
  const { hasNextPage: hasOlder, hasPreviousPage: hasNewer } = query;
  useFreshStart(key, chatId, hasNewer);
  const renew = useRenew(key, accountId, chatId);
  const bubbles = useMemo((): Bubble[] | null => {
    if (pages === undefined) return null;
    const own = pending.filter((entry) => entry.chatId === chatId);
    const read = pages.flatMap((page) => page.items.filter((row) => !tombstones.hasMessage(row)));
    return groupAlbums(mergeBubbles(read, live.values(), own, { hasOlder, hasNewer }, guesses, contacts, userId));
  }, [pages, live, guesses, pending, contacts, tombstones, chatId, hasOlder, hasNewer, userId]);
  const early = useMemo(() => (pages === undefined || !hasOlder ? NO_EARLY : findEarly(pages, live)), [pages, live, hasOlder]);
  return { ...query, bubbles, early, renew, isFull: live.size > MAX_LIVE };
}
