/** The users of the team. */
import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";

export const TEAM_KEY = ["people"] as const;

export function useTeam(isEnabled = true) {
  const api = useApi();
  return useQuery({ queryKey: TEAM_KEY, queryFn: ({ signal }) => api.listTeam(signal), enabled: isEnabled });
}
