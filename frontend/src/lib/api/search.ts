/** Search, and what belongs together: what was shared in a chat, and the chats with one person. */
import type { Chat, Found } from "@/types/wire";
import type { Send } from "./client";

const PAGE = 30;

/** A text, filters, or both; `from` is "me" or a contact's id. */
export interface SearchQuery {
  readonly q?: string;
  readonly account?: number;
  readonly chat?: number;
  readonly from?: "me" | number;
  /** Who of the team wrote it: a user's id, the phone, a key, or a rule. */
  readonly author?: "phone" | "api_key" | "automatic" | number;
  readonly has?: "media" | "audio" | "file" | "link" | "location" | "contact";
  readonly since?: string;
  readonly until?: string;
}

export function searchRoutes(signed: Send) {
  return {
    search: (wanted: SearchQuery, cursor: string | null, signal?: AbortSignal) => {
      const given = cursor === null ? wanted : { ...wanted, cursor };
      const query = Object.entries(given).map(([name, value]) => `&${name}=${encodeURIComponent(String(value))}`);
      return signed<Found>(`/api/search?limit=${PAGE}${query.join("")}`, { signal });
    },

    /** The chats with the same person on other accounts. */
    listRelatedChats: async (accountId: number, chatId: number, signal?: AbortSignal) =>
      (await signed<{ items: readonly Chat[] }>(`/api/channels/whatsapp/${accountId}/chats/${chatId}/related`, { signal })).items,
  };
}
