/** Whether the user is away: their open chats were given back, and others see it when they assign one. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";
import { TEAM_KEY } from "@/lib/team";

const AWAY_KEY = ["availability"] as const;

/** Since when; null if the user is not away, undefined while it is not known. */
export function useAvailability() {
  const api = useApi();
  const client = useQueryClient();
  const { data: awaySince } = useQuery({ queryKey: AWAY_KEY, queryFn: ({ signal }) => api.fetchAwaySince(signal) });
  const { mutate } = useMutation({
    mutationFn: (isAway: boolean) => api.setAway(isAway),
    onSuccess: async (since) => {
      client.setQueryData(AWAY_KEY, since);
      await client.invalidateQueries({ queryKey: TEAM_KEY });
    },
  });
  return { awaySince, setAway: mutate };
}
