/** The routes for the list of chats: its pages, and the counts of unread messages and of open chats. */
import type { AccountCounts, AccountUnread, Chat, Page } from "@/types/wire";
import type { Send } from "./client";

const CHANNEL = "/api/channels/whatsapp";

export function withCursor(path: string, cursor: string | null, limit: number): string {
  const query = new URLSearchParams({ limit: String(limit) });
  if (cursor !== null) query.set("cursor", cursor);
  return `${path}?${query.toString()}`;
}

interface ChatQuery {
  readonly cursor: string | null;
  readonly limit: number;
  /** Further parameters, such as `filter` and `status`. */
  readonly wanted?: Readonly<Record<string, string>>;
}

export function chatListRoutes(signed: Send) {
  return {
    listChats: (accountId: number, { cursor, limit, wanted = {} }: ChatQuery, signal?: AbortSignal) => {
      const path = withCursor(`${CHANNEL}/${accountId}/chats`, cursor, limit);
      return signed<Page<Chat>>([path, ...Object.entries(wanted).map((part) => part.join("="))].join("&"), { signal });
    },

    fetchCounts: async (signal?: AbortSignal) =>
      (await signed<{ accounts: readonly AccountCounts[] }>(`${CHANNEL}/counts`, { signal })).accounts,

    fetchUnread: async (signal?: AbortSignal) =>
      (await signed<{ accounts: readonly AccountUnread[] }>(`${CHANNEL}/unread`, { signal })).accounts,
  };
}
