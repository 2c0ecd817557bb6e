/** The people of the team, for every page that names them. */
import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";

export const PEOPLE_KEY = ["people"] as const;

export function usePeople() {
  const api = useApi();
  return useQuery({ queryKey: PEOPLE_KEY, queryFn: ({ signal }) => api.listTeam(signal) });
}
