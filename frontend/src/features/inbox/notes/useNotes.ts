/** The notes of the open chat, read as far as its messages are, as rows between them. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useApi } from "@/lib/api/context";
import { newestOf } from "@/lib/rows";
import type { Note, Page } from "@/types/wire";
import { useInbox, useInboxSnapshot } from "@/features/inbox/context";
import type { Pending } from "@/features/inbox/data/pending";
import { NOTES_KEY } from "@/features/inbox/data/queryKeys";
import type { InternalItem } from "@/features/inbox/thread/list/internalItems";
import type { NoteSnapshot } from "./notebook";

/** As for messages: events keep the rows fresh. */
const STALE_MS = 10 * 60_000;
const CACHE_MS = 5 * 60_000;

const NO_ROWS: ReadonlyMap<number, Note> = new Map();

interface ReadMessages {
  readonly bubbles: readonly { readonly orderedAt: string }[] | null;
  readonly hasNextPage: boolean;
}

/** Whether notes are missing beside the messages that were read. */
function isBehind(notes: readonly Note[], { bubbles, hasNextPage }: ReadMessages): boolean {
  const [oldest, first] = [notes.at(-1), bubbles?.[0]];
  if (oldest === undefined || bubbles === null) return false;
  return !hasNextPage || (first !== undefined && oldest.created_at > first.orderedAt);
}

function usePages(accountId: number, chatId: number) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [NOTES_KEY, accountId, chatId],
    queryFn: ({ pageParam, signal }): Promise<Page<Note>> => api.listNotes(accountId, chatId, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    staleTime: STALE_MS,
    gcTime: CACHE_MS,
  });
}

export function useNoteSnapshot(): NoteSnapshot {
  const { notes } = useInbox();
  return useSyncExternalStore(notes.subscribe, notes.getSnapshot);
}

function toItem(note: Note): InternalItem {
  return { key: `n${note.client_id}`, orderedAt: note.created_at, isUnsent: false, shown: { kind: "note", note } };
}

function toPendingItem(pending: Pending): InternalItem {
  return { key: `n${pending.clientId}`, orderedAt: pending.createdAt, isUnsent: true, shown: { kind: "unsentNote", pending } };
}

export function useNotes(accountId: number, chatId: number, messages: ReadMessages): readonly InternalItem[] {
  const { rows, guesses, pending } = useNoteSnapshot();
  const { tombstones } = useInboxSnapshot();
  const { data, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = usePages(accountId, chatId);
  const read = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const isWanted = hasNextPage && !isFetching && !isFetchNextPageError && isBehind(read, messages);
  useEffect(() => {
    if (isWanted) void fetchNextPage();
  }, [isWanted, fetchNextPage]);
  const live = rows.get(chatId) ?? NO_ROWS;
  const stored = useMemo(() => [...newestOf(read, live.values()).values()].filter((note) => !tombstones.hasNote(note)), [read, live, tombstones]);
  return useMemo(() => {
    const known = new Set(stored.map(({ client_id }) => client_id));
    const waiting = pending.filter((entry) => entry.chatId === chatId && !known.has(entry.clientId));
    return [...stored.map((note) => toItem(guesses.get(note.id) ?? note)), ...waiting.map(toPendingItem)];
  }, [stored, guesses, pending, chatId]);
}
