/** How many open chats those have who a chat can be given to. */
import { useQueries, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import { ACCOUNTS_KEY } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeLoad, loadsQuery } from "@/lib/assigning";
import type { Account, Load } from "@/types/wire";

const combine = (results: readonly UseQueryResult<readonly Load[]>[]) => results.map(({ data }) => data);

/** In words, by user; of chats of several numbers, those in all numbers. Empty until they are known. */
export function useLoads(accountIds: readonly number[]): ReadonlyMap<number, string> {
  const api = useApi();
  const client = useQueryClient();
  const [firstId] = accountIds;
  const lists = useQueries({ queries: accountIds.map((id) => loadsQuery(api, id)), combine });
  return useMemo(() => {
    const [first = [], ...others] = lists;
    const accounts = client.getQueryData<readonly Account[]>(ACCOUNTS_KEY);
    const limit = others.length > 0 ? null : (accounts?.find(({ id }) => id === firstId)?.chat_limit ?? null);
    return new Map(first.map((load) => [load.user_id, describeLoad(load, limit)]));
  }, [lists, client, firstId]);
}
