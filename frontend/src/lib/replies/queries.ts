/** The canned replies that the user may see. Changes of other users arrive when the window gets the focus, or the list is opened again. */
import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";
import { READ_WHEN_OPENED } from "@/lib/opened";

export const REPLIES_KEY = ["replies"] as const;
const FRESH_MS = 15_000;

export function useReplies() {
  const api = useApi();
  return useQuery({ queryKey: REPLIES_KEY, queryFn: ({ signal }) => api.listReplies(signal), staleTime: FRESH_MS, refetchOnWindowFocus: true, ...READ_WHEN_OPENED });
}
