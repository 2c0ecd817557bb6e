/** The planned messages of all numbers, page after page, as they are now. */
import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useApi } from "@/lib/api/context";
import type { PlannedFilter } from "@/lib/api/planned";
import { paced } from "@/lib/paced";
import type { ChangeEvent } from "@/lib/socket/changes";
import { useFeedListener } from "@/lib/socket/context";
import { isSameDay } from "@/lib/time";
import type { PlannedInChat } from "@/types/wire";

const ALL_PLANNED_KEY = "all-planned";
/** What changes, adds or removes a line. */
const EVENTS: ReadonlySet<ChangeEvent> = new Set<ChangeEvent>(["planned:updated", "chat:erased", "contact:updated"]);

export function useAllPlanned(filter: PlannedFilter) {
  const api = useApi();
  const client = useQueryClient();
  const renew = useMemo(() => paced(() => void client.invalidateQueries({ queryKey: [ALL_PLANNED_KEY] })), [client]);
  useFeedListener({
    onChange: ({ event }) => {
      if (EVENTS.has(event)) renew();
    },
    onReset: renew,
    onLeft: renew,
  });
  const query = useInfiniteQuery({
    queryKey: [ALL_PLANNED_KEY, filter.state, filter.isOwn],
    queryFn: ({ pageParam, signal }) => api.listAllPlanned(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
  return { ...query, planned: query.data?.pages.flatMap(({ items }) => items), renew };
}

/** Those of each day, in their order. */
export function byDay(planned: readonly PlannedInChat[]): readonly (readonly [PlannedInChat, ...PlannedInChat[]])[] {
  const days: [PlannedInChat, ...PlannedInChat[]][] = [];
  for (const one of planned) {
    const last = days.at(-1);
    if (last !== undefined && isSameDay(last[0].send_at, one.send_at)) last.push(one);
    else days.push([one]);
  }
  return days;
}
