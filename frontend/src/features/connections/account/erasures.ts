/** Running account erasures, polled while there is one. */
import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";
import { useCan } from "@/lib/rights";

export const ERASURES_KEY = ["erasures"] as const;
const POLL_MS = 1500;

export function useErasures() {
  const api = useApi();
  const mayErase = useCan()("erase_number");
  const { data } = useQuery({
    queryKey: ERASURES_KEY,
    queryFn: ({ signal }) => api.listErasures(signal),
    enabled: mayErase,
    refetchInterval: ({ state }) => (state.data?.some(({ state: stage }) => stage === "running") ? POLL_MS : false),
  });
  return data?.filter(({ state }) => state === "running") ?? [];
}
