/** What the page System reads and does. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";

const SYSTEM_KEY = ["system"] as const;
const DEAD_LETTERS_KEY = ["dead-letters"] as const;

/** Checks cost the server some work: they run when the page is opened or the user asks, not by themselves. */
export function useSystem() {
  const api = useApi();
  return useQuery({ queryKey: SYSTEM_KEY, queryFn: ({ signal }) => api.fetchSystem(signal), refetchOnWindowFocus: false });
}

export function useDeadLetters() {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: DEAD_LETTERS_KEY,
    queryFn: ({ pageParam, signal }) => api.listDeadLetters(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function useDeadLetter(id: number) {
  const api = useApi();
  return useQuery({ queryKey: [...DEAD_LETTERS_KEY, id], queryFn: ({ signal }) => api.fetchDeadLetter(id, signal) });
}

export type Handling = "redrive" | "drop";

/** Redrive or drop one; it leaves the list. */
export function useHandling(id: number, onDone: () => void) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (how: Handling) => (how === "redrive" ? api.redriveDeadLetter(id) : api.dropDeadLetter(id)),
    onSuccess: () => {
      onDone();
      void client.invalidateQueries({ queryKey: DEAD_LETTERS_KEY, exact: true });
      void client.invalidateQueries({ queryKey: SYSTEM_KEY });
    },
  });
}

export function useRefresh() {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: SYSTEM_KEY });
    void client.invalidateQueries({ queryKey: DEAD_LETTERS_KEY });
  };
}
