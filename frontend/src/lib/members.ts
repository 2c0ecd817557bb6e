/** The query for an account's members. */
import { queryOptions } from "@tanstack/react-query";
import type { Api } from "@/lib/api/routes";

export const membersQuery = (api: Api, accountId: number) =>
  queryOptions({
    queryKey: ["members", accountId] as const,
    queryFn: ({ signal }) => api.listMembers(accountId, signal),
  });
