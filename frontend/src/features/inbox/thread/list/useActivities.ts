/** What users did with the open chat: read in pages, the newest first, and kept up to date by pushes. */
import { useInfiniteQuery, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useApi } from "@/lib/api/context";
import { applyPushed } from "@/lib/queryClient";
import type { Activity, Page } from "@/types/wire";
import { ACTIVITIES_KEY } from "@/features/inbox/data/queryKeys";

const PAGE = 50;
/** Pushes keep them fresh; this only limits how long an error could last. */
const STALE_MS = 10 * 60_000;

const NONE: readonly Activity[] = [];

/** Of an open or cached thread; others are read when they are opened. */
export function applyActivity(client: QueryClient, activity: Activity): void {
  applyPushed<InfiniteData<Page<Activity>>>(client, [ACTIVITIES_KEY, activity.account_id, activity.chat_id], (current) => {
    const [first, ...others] = current.pages;
    if (first === undefined || first.items.some(({ id }) => id === activity.id)) return current;
    return { ...current, pages: [{ ...first, items: [activity, ...first.items] }, ...others] };
  });
}

/** Oldest first, at least those since that time. */
export function useActivities(accountId: number, chatId: number, since: string | null): readonly Activity[] {
  const api = useApi();
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = useInfiniteQuery({
    queryKey: [ACTIVITIES_KEY, accountId, chatId],
    queryFn: ({ pageParam, signal }) => api.listActivities({ account_id: accountId, id: chatId }, pageParam, PAGE, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    staleTime: STALE_MS,
  });
  const activities = useMemo(() => data?.pages.flatMap(({ items }) => items).toSorted((one, other) => one.seq - other.seq) ?? NONE, [data]);
  const oldest = activities[0]?.at ?? null;
  const isShort = hasNextPage && since !== null && oldest !== null && oldest > since;
  useEffect(() => {
    if (isShort && !isFetching && !isError) void fetchNextPage();
  }, [isShort, isFetching, isError, fetchNextPage]);
  return activities;
}
