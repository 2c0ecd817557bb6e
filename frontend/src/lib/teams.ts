/** The teams that chats are assigned to. */
import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";

export const TEAMS_KEY = ["teams"] as const;

export function useTeams() {
  const api = useApi();
  return useQuery({ queryKey: TEAMS_KEY, queryFn: ({ signal }) => api.listTeams(signal) });
}
