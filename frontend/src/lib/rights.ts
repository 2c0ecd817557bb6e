/** What the one in front of the screen may do: what they may not is not shown. */
import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";
import type { Rights } from "@/types/people";
import type { Account } from "@/types/wire";

export const ME_KEY = ["me"] as const;
/** A role that was changed meanwhile is noticed. */
const FRESH_MS = 60_000;

export function useMe() {
  const api = useApi();
  return useQuery({
    queryKey: ME_KEY,
    queryFn: ({ signal }) => api.fetchMe(signal),
    staleTime: FRESH_MS,
    refetchInterval: FRESH_MS,
    refetchOnWindowFocus: true,
  });
}

/** Whether these rights include something; about a number, by one's role on it. Unknown rights include nothing. */
export function can(rights: Rights | undefined, permission: string, number?: Pick<Account, "role">): boolean {
  if (rights === undefined) return false;
  if (number === undefined) return rights.permissions.includes(permission);
  return rights.number_permissions[number.role ?? ""]?.includes(permission) ?? false;
}

/** Whether there is nothing but reading in this number; not said before it is known. */
export function useMayOnlyRead(number: Pick<Account, "role">): boolean {
  const rights = useMe().data;
  return rights !== undefined && !can(rights, "send", number);
}

export function useCan(): (permission: string, number?: Pick<Account, "role">) => boolean {
  const rights = useMe().data;
  return (permission, number) => can(rights, permission, number);
}
