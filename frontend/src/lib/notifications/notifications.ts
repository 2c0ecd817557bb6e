/** The user's notifications: the newest ones and how many are unread, kept up to date by the user's feed. */
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useApi } from "@/lib/api/context";
import { applyPushed } from "@/lib/queryClient";
import { useFeedListener } from "@/lib/socket/context";
import type { NotificationList } from "@/types/wire";
import { createAlerts } from "./alerts";

const NOTIFICATIONS_KEY = ["notifications"] as const;
export const PREFERENCES_KEY = ["preferences"] as const;

const readAgain = (client: QueryClient) => void client.invalidateQueries({ queryKey: NOTIFICATIONS_KEY });

export function useNotifications() {
  const api = useApi();
  return useQuery({ queryKey: NOTIFICATIONS_KEY, queryFn: () => api.listNotifications(null), staleTime: Infinity });
}

/** Marks as read: shown at once, and read again with the answer. */
export function useReadNotifications() {
  const api = useApi();
  const client = useQueryClient();
  return (which: Parameters<typeof api.readNotifications>[0]) => {
    client.setQueryData<NotificationList>(NOTIFICATIONS_KEY, (known) => known && markRead(known, which));
    return api.readNotifications(which).finally(() => readAgain(client));
  };
}

type Which = Parameters<ReturnType<typeof useApi>["readNotifications"]>[0];

export function markRead(known: NotificationList, which: Which, now = new Date().toISOString()): NotificationList {
  const isMeant = (id: number, chatId: number | null) =>
    "all" in which || ("ids" in which ? which.ids.includes(id) : which.chat_id === chatId);
  const marked = known.items.filter(({ id, chat_id, read_at }) => read_at === null && isMeant(id, chat_id));
  const items = known.items.map((line) => (marked.includes(line) ? { ...line, read_at: now } : line));
  return { ...known, items, unread: "all" in which ? 0 : Math.max(0, known.unread - marked.length) };
}

/** Follows the own feed, and alerts of what is new. */
export function useFollowNotifications(): void {
  const api = useApi();
  const client = useQueryClient();
  useFeedListener({
    onChange: (change) => {
      if (change.event === "preferences:updated") applyPushed(client, PREFERENCES_KEY, () => change.data);
      if (change.event === "notifications:read") readAgain(client);
      if (change.event !== "notification:updated") return;
      readAgain(client);
      alerts.take(change.data, () => client.query({ queryKey: PREFERENCES_KEY, queryFn: api.fetchPreferences, staleTime: Infinity }));
    },
    onOwnReset: () => {
      readAgain(client);
      void client.invalidateQueries({ queryKey: PREFERENCES_KEY });
    },
  });
}

const alerts = createAlerts();

/** Lines of the chat in view are read. */
export function useReadInView(chatId: number): void {
  const { data } = useNotifications();
  const read = useReadNotifications();
  const isTold = data?.items.some((line) => line.chat_id === chatId && line.read_at === null) ?? false;
  useEffect(() => {
    if (!isTold) return undefined;
    const look = () => {
      if (document.visibilityState === "visible" && document.hasFocus()) void read({ chat_id: chatId }).catch(() => undefined);
    };
    look();
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `read` is new with each render and does the same
  }, [chatId, isTold]);
}
