/** What the one in front of the screen may do: what they may not is not shown. */
import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";
import type { Me, Rights } from "@/types/wire";
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

type OnAccount = Partial<Pick<Account, "role" | "payer_id">>;

/** Whether these rights include something; about a number, by one's role on it. Unknown rights include nothing. */
export function can(rights: (Rights & Partial<Pick<Me, "user">>) | undefined, permission: string, number?: OnAccount): boolean {
  if (rights === undefined) return false;
  if (number === undefined) return rights.permissions.includes(permission);
  // Who pays for it is an owner, and told so by every event, which does not carry the reader's role.
  const isPayer = rights.user !== undefined && rights.user.id === number.payer_id;
  return rights.number_permissions[isPayer ? "payer" : (number.role ?? "")]?.includes(permission) ?? false;
}

/** Whether there is nothing but reading in this number; not said before it is known. */
export function useMayOnlyRead(number: OnAccount): boolean {
  const rights = useMe().data;
  return rights !== undefined && !can(rights, "send", number);
}

export function useCan(): (permission: string, number?: OnAccount) => boolean {
  const rights = useMe().data;
  return (permission, number) => can(rights, permission, number);
}
