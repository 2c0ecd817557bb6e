/** Who shares a number, as both of its dialogs read it. */
import { queryOptions } from "@tanstack/react-query";
import type { Api } from "@/lib/api/routes";

export const membersQuery = (api: Api, accountId: number) =>
  queryOptions({
    queryKey: ["members", accountId] as const,
    queryFn: ({ signal }) => api.listMembers(accountId, signal),
  });
