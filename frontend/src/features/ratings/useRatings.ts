/** The ratings of the chosen filters, page by page, and their summary. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "@/lib/navigation";
import { useApi } from "@/lib/api/context";
import type { SurveyFilter } from "@/lib/api/surveys";
import type { Change } from "@/lib/socket/changes";
import { useRenewed } from "@/lib/socket/useRenewed";
import type { Survey } from "@/types/wire";

/** What is chosen; an empty text does not filter. Days are in UTC, and both are included. */
export interface Choice {
  readonly account: string;
  readonly user: string;
  readonly score: string;
  readonly from: string;
  readonly to: string;
}

const NAMES = ["account", "user", "score", "from", "to"] as const;

/** In the address, so that a filtered list can be shared. */
export function useChoice() {
  const [query, setQuery] = useSearchParams();
  const choice = Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ""])) as unknown as Choice;
  const choose = (changes: Partial<Choice>) => {
    const next = Object.entries({ ...choice, ...changes }).filter(([, value]) => value !== "");
    setQuery(Object.fromEntries(next), { replace: true });
  };
  return { choice, choose };
}

const DAY_MS = 86_400_000;

/** The beginning of a day, shifted by some days; undefined where none is chosen. */
function dayBegins(day: string, later = 0): string | undefined {
  const begins = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(begins) ? undefined : new Date(begins + later * DAY_MS).toISOString();
}

export function filterOf({ account, user, score, from, to }: Choice): SurveyFilter {
  const [since, until] = [dayBegins(from), dayBegins(to, 1)];
  return {
    ...(account !== "" && { account_id: account }),
    ...(user !== "" && { user_id: user }),
    ...(score !== "" && { score }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
}

const RATINGS_KEY = "ratings";

/** A question, a rating, what may be the words about one that is shown, and what was erased. */
export function concernsRatings(change: Change, shown: readonly Survey[]): boolean {
  switch (change.event) {
    case "activity:new":
      return change.data.kind === "rated";
    case "message:sent":
      return change.data.author?.kind === "rule";
    case "message:new":
      return shown.some(({ chat_id: id, comment }) => comment === null && id === change.data.chat_id);
    case "chat:erased":
    case "contact:erased":
      return true;
    default:
      return false;
  }
}

export function useLiveRatings(shown: readonly Survey[]): void {
  useRenewed(RATINGS_KEY, (change) => concernsRatings(change, shown));
}

export function useRatings(filter: SurveyFilter) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [RATINGS_KEY, "list", filter],
    queryFn: ({ pageParam, signal }) => api.listSurveys(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

export function useSummary(filter: Omit<SurveyFilter, "score">) {
  const api = useApi();
  return useQuery({ queryKey: [RATINGS_KEY, "summary", filter], queryFn: ({ signal }) => api.fetchSurveySummary(filter, signal), placeholderData: keepPreviousData }).data;
}
