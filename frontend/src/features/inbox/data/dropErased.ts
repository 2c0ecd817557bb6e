/** Removes erased rows from the query cache. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Chat, Message, Note, Page, Window } from "@/types/wire";
import type { Tombstones } from "./tombstones";
import { ACTIVITIES_KEY, CONVERSATIONS_KEY, CHAT_KEY, CHATS_KEY, MESSAGES_KEY, NOTES_KEY } from "./queryKeys";

/** Drops all cached data of an account the user no longer has. */
export function dropAccount(client: QueryClient, accountId: number): void {
  const isOfIt = (value: unknown) => value === accountId || (Array.isArray(value) && value.includes(accountId));
  const kinds: readonly unknown[] = [CHATS_KEY, CHAT_KEY, MESSAGES_KEY, NOTES_KEY, ACTIVITIES_KEY, CONVERSATIONS_KEY, "people", "exports"];
  client.removeQueries({ predicate: ({ queryKey }) => kinds.includes(queryKey[0]) && isOfIt(queryKey[1]) });
}

/** Drops what is cached of a chat and not shown: if it is the user's again, it is read again. */
export function dropChat(client: QueryClient, chatId: number): void {
  const kinds: readonly unknown[] = [CHAT_KEY, MESSAGES_KEY, NOTES_KEY, ACTIVITIES_KEY, CONVERSATIONS_KEY, "people"];
  client.removeQueries({ type: "inactive", predicate: ({ queryKey }) => kinds.includes(queryKey[0]) && queryKey[2] === chatId });
}

export function dropErased(client: QueryClient, tombstones: Tombstones): void {
  client.setQueriesData<InfiniteData<Window<Message>>>({ queryKey: [MESSAGES_KEY] }, (current) =>
    current && { ...current, pages: current.pages.map((page) => ({ ...page, items: page.items.filter((row) => !tombstones.hasMessage(row)) })) },
  );
  client.setQueriesData<InfiniteData<Page<Note>>>({ queryKey: [NOTES_KEY] }, (current) =>
    current && { ...current, pages: current.pages.map((page) => ({ ...page, items: page.items.filter((row) => !tombstones.hasNote(row)) })) },
  );
  client.setQueriesData<InfiniteData<{ readonly chats: readonly Chat[] }>>({ queryKey: [CHATS_KEY] }, (current) =>
    current && { ...current, pages: current.pages.map((page) => ({ ...page, chats: page.chats.filter((row) => !tombstones.hasChat(row)) })) },
  );
}
