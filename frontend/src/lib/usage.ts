/** The plan: read once, then kept up to date by events (monthUsage.ts). */
import { useQuery } from "@tanstack/react-query";
import { useFirstApi } from "@/lib/api/context";
import type { Opening } from "@/lib/opened";
import type { Entitlement } from "@/types/wire";

export const ENTITLEMENTS_KEY = ["entitlements"] as const;

export function useEntitlements(opening: Opening = {}) {
  const api = useFirstApi();
  return useQuery({
    queryKey: ENTITLEMENTS_KEY,
    queryFn: ({ signal }): Promise<readonly Entitlement[]> => api.listEntitlements(signal),
    staleTime: 60_000,
    ...opening,
  });
}
