/** Reads the saved views and their counts. */
import { useQuery, type QueryClient } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";

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
