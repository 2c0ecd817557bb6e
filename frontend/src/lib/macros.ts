/** The macros that the user may run. Changes of other users arrive when the window gets the focus. */
import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";
import type { Opening } from "@/lib/opened";

export const MACROS_KEY = ["macros"] as const;
const FRESH_MS = 60_000;

export function useMacros(isEnabled = true, opening: Opening = {}) {
  const api = useApi();
  return useQuery({ queryKey: MACROS_KEY, queryFn: ({ signal }) => api.listMacros(signal), staleTime: FRESH_MS, refetchOnWindowFocus: true, enabled: isEnabled, ...opening });
}
