/** Reads the saved views and their counts; again when the server says that they changed. */
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useApi } from "@/lib/api/context";
import { useFeed } from "@/lib/socket/context";

export const VIEWS_KEY = ["views"] as const;

export function useViews() {
  const api = useApi();
  return useQuery({ queryKey: VIEWS_KEY, queryFn: ({ signal }) => api.listViews(signal) });
}

/** Counted when they are shown. */
export function useViewCounts() {
  const api = useApi();
  return useQuery({ queryKey: [...VIEWS_KEY, "counts"], queryFn: ({ signal }) => api.countViews(signal), staleTime: 0 });
}

export const refreshViews = (client: QueryClient): void => void client.invalidateQueries({ queryKey: VIEWS_KEY });

export function useViewNotices(): void {
  const client = useQueryClient();
  const feed = useFeed();
  useEffect(() => feed.listen({ onChange: ({ event }) => event === "views:changed" && refreshViews(client) }), [client, feed]);
}
