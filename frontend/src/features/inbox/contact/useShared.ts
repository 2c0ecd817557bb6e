/** Reads what was shared in a chat, newest first, in pages. */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";
import type { Chat, Found } from "@/types/wire";

export const SHARED_KINDS = ["media", "file", "link"] as const;

export type SharedKind = (typeof SHARED_KINDS)[number];

/** The last message, where it may be one of them: what was read is then read again. */
function editionOf({ last_message_content: content, last_message_id: id }: Chat, kind: SharedKind): number | null {
  return content?.kind === "text" && kind !== "link" ? null : id;
}

export function useShared(chat: Chat, kind: SharedKind) {
  const api = useApi();
  const query = useInfiniteQuery({
    queryKey: ["shared", chat.account_id, chat.id, kind, editionOf(chat, kind)],
    queryFn: ({ pageParam, signal }): Promise<Found> => api.search({ chat: chat.id, has: kind }, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  return { ...query, messages: query.data?.pages.flatMap((page) => page.messages) };
}
