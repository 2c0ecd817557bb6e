/** Reads labels, and which chats have private ones; both again when the server says that they changed. */
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useFirstApi } from "@/lib/api/context";
import type { Opening } from "@/lib/opened";
import { applyPushed } from "@/lib/queryClient";
import { useFeed } from "@/lib/socket/context";
import type { PrivatelyLabelled } from "@/types/wire";

export const LABELS_KEY = ["labels"] as const;
export const PRIVATE_KEY = ["private-labels"] as const;

/** Notices keep them fresh. */
const STALE_MS = 10 * 60_000;

export function useLabelList(isEnabled = true, opening: Opening = {}) {
  const api = useFirstApi();
  return useQuery({ queryKey: LABELS_KEY, queryFn: ({ signal }) => api.listLabels(signal), staleTime: STALE_MS, enabled: isEnabled, ...opening });
}

export function usePrivateLabels(isEnabled: boolean) {
  const api = useFirstApi();
  return useQuery({ queryKey: PRIVATE_KEY, queryFn: ({ signal }) => api.listPrivateLabels(signal), staleTime: STALE_MS, enabled: isEnabled });
}

/** Those that are shown; with `refetchType: "none"` when they are shown next. */
export function refreshLabels(client: QueryClient, more: { readonly refetchType?: "none" } = {}): void {
  for (const queryKey of [LABELS_KEY, PRIVATE_KEY]) void client.invalidateQueries({ queryKey, ...more });
}

/** Notices may be lost while the socket is away; and are not heard after the component has gone. */
export function useLabelNotices(): void {
  const client = useQueryClient();
  const feed = useFeed();
  useEffect(() => {
    const stop = feed.listen({
      onChange: ({ event }) => event === "labels:changed" && refreshLabels(client),
      onState: (state) => state === "live" && refreshLabels(client),
    });
    return () => {
      stop();
      refreshLabels(client, { refetchType: "none" });
    };
  }, [client, feed]);
}

/** The private labels of one chat, as they are now. */
export function setPrivateLabels(client: QueryClient, { account_id, chat_id, labels }: PrivatelyLabelled): void {
  applyPushed<readonly PrivatelyLabelled[]>(client, PRIVATE_KEY, (rows) => [
    ...rows.filter((row) => row.chat_id !== chat_id),
    ...(labels.length === 0 ? [] : [{ account_id, chat_id, labels }]),
  ]);
}
