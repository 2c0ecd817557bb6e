/** Reads the chats with the same person over other numbers. */
import { useQuery } from "@tanstack/react-query";
import { useAccounts } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import type { Chat } from "@/types/wire";

export function useRelatedChats(chat: Chat) {
  const api = useApi();
  const accounts = useAccounts().data ?? [];
  return useQuery({
    queryKey: ["related", chat.account_id, chat.id],
    queryFn: ({ signal }) => api.listRelatedChats(chat.account_id, chat.id, signal),
    // With one number there are none.
    enabled: chat.kind === "direct" && accounts.length > 1,
  });
}
