/** Reads labels, and which chats have private ones. */
import { useQuery, type QueryClient } from "@tanstack/react-query";
import { useFirstApi } from "@/lib/api/context";
import type { Opening } from "@/lib/opened";
import { applyPushed } from "@/lib/queryClient";
import type { PrivatelyLabelled } from "@/types/wire";

export const LABELS_KEY = ["labels"] as const;
export const PRIVATE_KEY = ["private-labels"] as const;

/** They are read again when they change: app/unnumbered.ts. */
const STALE_MS = 10 * 60_000;

export function useLabelList(isEnabled = true, opening: Opening = {}) {
  const api = useFirstApi();
  return useQuery({ queryKey: LABELS_KEY, queryFn: ({ signal }) => api.listLabels(signal), staleTime: STALE_MS, enabled: isEnabled, ...opening });
}

export function usePrivateLabels(isEnabled: boolean) {
  const api = useFirstApi();
  return useQuery({ queryKey: PRIVATE_KEY, queryFn: ({ signal }) => api.listPrivateLabels(signal), staleTime: STALE_MS, enabled: isEnabled });
}

export function refreshLabels(client: QueryClient): void {
  for (const queryKey of [LABELS_KEY, PRIVATE_KEY]) void client.invalidateQueries({ queryKey });
}

/** The private labels of one chat, as they are now. */
export function setPrivateLabels(client: QueryClient, { account_id, chat_id, labels }: PrivatelyLabelled): void {
  applyPushed<readonly PrivatelyLabelled[]>(client, PRIVATE_KEY, (rows) => [
    ...rows.filter((row) => row.chat_id !== chat_id),
    ...(labels.length === 0 ? [] : [{ account_id, chat_id, labels }]),
  ]);
}
