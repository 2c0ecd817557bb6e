/** The usage of a month, and what events change of it and of the plan. */
import { useQuery, type QueryClient } from "@tanstack/react-query";
import { useFirstApi } from "@/lib/api/context";
import { READ_WHEN_OPENED } from "@/lib/opened";
import { applyPushed } from "@/lib/queryClient";
import { ENTITLEMENTS_KEY } from "@/lib/usage";
import type { Entitlement, MonthUsage, Usage } from "@/types/wire";

/** Of all months. */
export const USAGE_KEY = "usage";
export const usageKey = (period: string) => [USAGE_KEY, period] as const;

/** Months are in UTC, as they are counted. */
export const currentPeriod = (now = new Date()): string => now.toISOString().slice(0, 7);

export function movePeriod(period: string, months: number): string {
  const [year = 0, month = 1] = period.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 7);
}

export function useUsage(period: string) {
  const api = useFirstApi();
  return useQuery({
    queryKey: usageKey(period),
    queryFn: ({ signal }): Promise<Usage> => api.fetchUsage(period, signal),
    staleTime: 60_000,
    ...READ_WHEN_OPENED,
  });
}

/** Applies a pushed month, and reads again what the push does not carry. */
export function applyMonth(client: QueryClient, month: MonthUsage): void {
  const isSamePlan = client
    .getQueryData<readonly Entitlement[]>(ENTITLEMENTS_KEY)
    ?.some(({ provider, plan, messages }) => provider === month.provider && plan === month.plan && messages.allowed === month.allowed);
  applyPushed<readonly Entitlement[]>(client, ENTITLEMENTS_KEY, (current) => current.map((row) => withMonth(row, month)));
  client.setQueryData<Usage>(usageKey(month.period), (current) =>
    current && { ...current, items: current.items.map((row) => (row.provider === month.provider ? { ...row, ...month } : row)) },
  );
  if (isSamePlan === false) void client.invalidateQueries({ queryKey: ENTITLEMENTS_KEY });
  // The push has no days; they are read again where they are shown.
  void client.invalidateQueries({ queryKey: usageKey(month.period) });
}

function withMonth(row: Entitlement, month: MonthUsage): Entitlement {
  if (row.provider !== month.provider) return row;
  const { allowed, sent_here: used, level, until } = month;
  return { ...row, messages: { allowed, used, level, until } };
}
