/** The routes for plan limits and usage. */
import type { Entitlement, Page, Usage } from "@/types/wire";
import type { Send } from "./client";

export function planRoutes(signed: Send) {
  return {
    listEntitlements: async (signal?: AbortSignal) =>
      (await signed<Page<Entitlement>>("/api/entitlements", { signal })).items,

    fetchUsage: (period: string, signal?: AbortSignal) => signed<Usage>(`/api/usage?period=${period}`, { signal }),
  };
}
