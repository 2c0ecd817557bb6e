/** The queries of the reports page. What is shown stays until the next figures are there. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";
import { READ_WHEN_OPENED } from "@/lib/opened";
import type { FactFilter, ReportFilter, VolumeFilter } from "@/lib/api/reports";
import type { GroupKind } from "./choice";

const KEY = "reports";
const STALE_MS = 30_000;

export function useReport(filter: ReportFilter) {
  const api = useApi();
  return useQuery({ queryKey: [KEY, filter], queryFn: ({ signal }) => api.fetchReport(filter, signal), placeholderData: keepPreviousData, staleTime: STALE_MS, ...READ_WHEN_OPENED });
}

export function useGroups(filter: ReportFilter, by: GroupKind) {
  const api = useApi();
  const wanted = { ...filter, by };
  return useQuery({
    queryKey: [KEY, "groups", wanted],
    queryFn: ({ signal }) => api.listReportGroups(wanted, signal),
    placeholderData: keepPreviousData,
    staleTime: STALE_MS,
    ...READ_WHEN_OPENED,
  });
}

export function useBacklog(filter: ReportFilter) {
  const api = useApi();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { since, until, account_id } = filter;
  return useQuery({
    queryKey: [KEY, "backlog", since, until, account_id, zone],
    queryFn: ({ signal }) => api.fetchBacklog(filter, zone, signal),
    placeholderData: keepPreviousData,
    staleTime: STALE_MS,
    ...READ_WHEN_OPENED,
  });
}

export function useVolume(filter: VolumeFilter) {
  const api = useApi();
  return useQuery({ queryKey: [KEY, "volume", filter], queryFn: ({ signal }) => api.fetchVolume(filter, signal), placeholderData: keepPreviousData, staleTime: STALE_MS, ...READ_WHEN_OPENED });
}

export function useFacts(filter: FactFilter) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [KEY, "facts", filter],
    queryFn: ({ pageParam, signal }) => api.listReportFacts(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}
