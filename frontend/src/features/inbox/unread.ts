/** How many messages wait, over all numbers. */
import { useMemo } from "react";
import { useAccounts } from "@/lib/accounts";
import { useChatList } from "./queries";

export function useUnreadCount(): number {
  const accounts = useAccounts().data;
  const ids = useMemo(() => accounts?.map((account) => account.id) ?? [], [accounts]);
  const { chats } = useChatList(ids);
  return chats?.reduce((sum, chat) => sum + chat.unread_count, 0) ?? 0;
}
