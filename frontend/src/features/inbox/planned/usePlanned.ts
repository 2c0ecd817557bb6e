/** The planned messages of the open chat, as they are now. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";
import { useFeedListener } from "@/lib/socket/context";

const PLANNED_KEY = "planned";

export function usePlannedOf(accountId: number, chatId: number) {
  const api = useApi();
  const client = useQueryClient();
  const queryKey = [PLANNED_KEY, accountId, chatId] as const;
  const renew = () => void client.invalidateQueries({ queryKey });
  useFeedListener({
    onChange: ({ event, data }) => {
      const isOfChat = (event === "planned:updated" && data.chat_id === chatId) || ((event === "chat:erased" || event === "chat:trimmed") && data.id === chatId);
      if (isOfChat) renew();
    },
    onReset: renew,
  });
  const query = useQuery({ queryKey, queryFn: ({ signal }) => api.listPlanned(accountId, chatId, signal) });
  return { planned: query.data ?? [], renew };
}
