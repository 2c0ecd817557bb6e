/** Reads labels, and which chats have private ones; both again when the server says that they changed. */
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useFirstApi } from "@/lib/api/context";
import { useFeed } from "@/lib/socket/context";
import type { PrivatelyLabelled } from "@/types/wire";

export const LABELS_KEY = ["labels"] as const;
export const PRIVATE_KEY = ["private-labels"] as const;

/** Notices keep them fresh. */
const STALE_MS = 10 * 60_000;

export function useLabelList(isEnabled = true) {
  const api = useFirstApi();
  return useQuery({ queryKey: LABELS_KEY, queryFn: ({ signal }) => api.listLabels(signal), staleTime: STALE_MS, enabled: isEnabled });
}

export function usePrivateLabels(isEnabled: boolean) {
  const api = useFirstApi();
  return useQuery({ queryKey: PRIVATE_KEY, queryFn: ({ signal }) => api.listPrivateLabels(signal), staleTime: STALE_MS, enabled: isEnabled });
}

export function refreshLabels(client: QueryClient): void {
  for (const queryKey of [LABELS_KEY, PRIVATE_KEY]) void client.invalidateQueries({ queryKey });
}

/** Notices may be lost while the socket is away. */
export function useLabelNotices(): void {
  const client = useQueryClient();
  const feed = useFeed();
  useEffect(
    () =>
      feed.listen({
        onChange: ({ event }) => event === "labels:changed" && refreshLabels(client),
        onState: (state) => state === "live" && refreshLabels(client),
      }),
    [client, feed],
  );
}

/** The private labels of one chat, as they are now. */
export function setPrivateLabels(client: QueryClient, { account_id, chat_id, labels }: PrivatelyLabelled): void {
  client.setQueryData<readonly PrivatelyLabelled[]>(PRIVATE_KEY, (rows = []) => [
    ...rows.filter((row) => row.chat_id !== chat_id),
    ...(labels.length === 0 ? [] : [{ account_id, chat_id, labels }]),
  ]);
}
