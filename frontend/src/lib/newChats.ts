/** Whether an account may start new chats, and in words until when not. */
import { useQuery } from "@tanstack/react-query";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import { READ_WHEN_OPENED } from "@/lib/opened";
import { formatUntil } from "@/lib/time";
import { useMinute } from "@/lib/useMinute";
import type { Account, NewChats } from "@/types/wire";

export interface Stop {
  /** WhatsApp rejected a new chat, or the chats of the day are used up. */
  readonly reason: "rejected" | "day";
  readonly until: string;
}

/** Read again when a stop begins or ends; `account:updated` reports that. */
export const newChatsKey = ({ id, new_chats_stopped_until }: Account) => ["newChats", id, new_chats_stopped_until] as const;

export function useNewChats(account: Account | undefined) {
  const api = useApi();
  return useQuery({
    queryKey: account === undefined ? ["newChats"] : newChatsKey(account),
    queryFn: ({ signal }): Promise<NewChats> => api.fetchNewChats(account?.id ?? 0, signal),
    enabled: account !== undefined,
    staleTime: 5_000,
    ...READ_WHEN_OPENED,
  });
}

/** What stops new chats of the account now. A stop ends by itself: no event says so. */
export function useStop(account: Account | undefined): Stop | null {
  const { data } = useNewChats(account);
  const now = useMinute();
  const isAhead = (time: string | null | undefined): time is string => time !== null && time !== undefined && Date.parse(time) > now;
  const rejected = account?.new_chats_stopped_until;
  if (isAhead(rejected)) return { reason: "rejected", until: rejected };
  return isAhead(data?.next_at) ? { reason: "day", until: data.next_at } : null;
}

/** The stop that an error of the server's reports; null for other errors. */
export function stopOf(error: unknown): Stop | null {
  if (!(error instanceof ApiError) || error.code !== "new_chats_stopped") return null;
  const { reason, until } = error.details;
  return typeof until === "string" ? { reason: reason === "day" ? "day" : "rejected", until } : null;
}

export const describeStop = ({ reason, until }: Stop): string => t(`newChats.stopped.${reason}`, { time: formatUntil(until) });
