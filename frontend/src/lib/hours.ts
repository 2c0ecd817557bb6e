/** The office hours of a number: read again when they change, and when it opens or closes. */
import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";
import type { Account, OneHours } from "@/types/wire";

const SECOND_MS = 1_000;
/** Timers do not run longer than 24 days; a day is enough, as the answer is asked for again then. */
const DAY_MS = 24 * 3_600 * SECOND_MS;

export const ALWAYS_OPEN: OneHours = { hours: null, is_open: true, changes_at: null };

/** When to ask again: just after the change, by the clock of this device, and not in a row if that is wrong. */
export function askAfter(data: OneHours | undefined, now: number): number | false {
  if (data === undefined || data.changes_at === null) return false;
  return Math.min(Math.max(new Date(data.changes_at).getTime() - now + SECOND_MS, 30 * SECOND_MS), DAY_MS);
}

/** Undefined until it is known. */
export function useHours({ id, hours_changed_at: changedAt }: Account): OneHours | undefined {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ["hours", id, changedAt],
    queryFn: ({ signal }) => api.fetchHours(id, signal),
    enabled: changedAt !== null,
    staleTime: 60 * SECOND_MS,
    refetchInterval: ({ state }) => askAfter(state.data, Date.now()),
  });
  return changedAt === null ? ALWAYS_OPEN : data;
}
