/** The lines between the messages of the open chat. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useApi } from "@/lib/api/context";
import type { Activity, Chat, Conversation } from "@/types/wire";
import { CONVERSATIONS_KEY } from "@/features/inbox/data/queryKeys";
import type { InternalItem } from "./internalItems";
import { linesOf } from "./lines";

/** As many as a person scrolls past. */
const SHOWN = 100;
const NONE: readonly Conversation[] = [];

/** Read again when another one has opened. */
function useConversations(chat: Chat | undefined): readonly Conversation[] {
  const api = useApi();
  const { data } = useQuery({
    queryKey: [CONVERSATIONS_KEY, chat?.account_id, chat?.id, chat?.conversation_id],
    queryFn: ({ signal }) => (chat === undefined ? NONE : api.listConversations(chat, SHOWN, signal)),
    enabled: chat !== undefined && chat.conversation_id !== null,
    staleTime: Infinity,
  });
  return data ?? NONE;
}

export function useLines(chat: Chat | undefined, activities: readonly Activity[]): readonly InternalItem[] {
  const conversations = useConversations(chat);
  return useMemo(() => linesOf(activities, conversations), [activities, conversations]);
}
