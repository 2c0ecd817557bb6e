/** The routes of an account's new chats: how many it has started, and until when it starts none. */
import type { NewChats } from "@/types/wire";
import type { Send } from "./client";

const CHANNEL = "/api/channels/whatsapp";

export function newChatRoutes(signed: Send) {
  return {
    fetchNewChats: async (accountId: number, signal?: AbortSignal) =>
      (await signed<{ new_chats: NewChats }>(`${CHANNEL}/${accountId}/new-chats`, { signal })).new_chats,

    resumeNewChats: async (accountId: number) =>
      (await signed<{ new_chats: NewChats }>(`${CHANNEL}/${accountId}/new-chats/resume`, { method: "POST" })).new_chats,
  };
}
