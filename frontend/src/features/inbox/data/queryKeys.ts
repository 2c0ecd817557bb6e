/** The first parts of the query cache's keys, which account and chat follow; and what the cache has of a chat. */
import type { QueryClient } from "@tanstack/react-query";

export const CHATS_KEY = "chats";
export const CHAT_KEY = "chat";
export const ACTIVITIES_KEY = "activities";
export const CONVERSATIONS_KEY = "conversations";
export const MESSAGES_KEY = "messages";
export const NOTES_KEY = "notes";
export const CONTACT_KEY = "contact";
export const FIELDS_KEY = "contact-fields";

/** Whether any part of the chat's messages is cached: the newest, or those around one message. */
export function isThreadCached(client: QueryClient, accountId: number, chatId: number): boolean {
  return client.getQueryCache().findAll({ queryKey: [MESSAGES_KEY, accountId, chatId] }).length > 0;
}
