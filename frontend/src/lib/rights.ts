/** The user's rights: what they may not do is not shown. */
import { useQuery } from "@tanstack/react-query";
import { useFirstApi } from "@/lib/api/context";
import type { Me, Rights } from "@/types/wire";
import type { Account } from "@/types/wire";

export const ME_KEY = ["me"] as const;
/** How soon a changed role is noticed. */
const FRESH_MS = 60_000;

export function useMe() {
  const api = useFirstApi();
  return useQuery({
    queryKey: ME_KEY,
    queryFn: ({ signal }) => api.fetchMe(signal),
    staleTime: FRESH_MS,
    refetchInterval: FRESH_MS,
    refetchOnWindowFocus: true,
  });
}

type OnAccount = Partial<Pick<Account, "role" | "payer_id">>;

/**
 * Whether the rights include a permission, in the team or, by the user's role on it, for an account. Unknown rights
 * include nothing.
 */
export function can(rights: (Rights & Partial<Pick<Me, "user">>) | undefined, permission: string, number?: OnAccount): boolean {
  if (rights === undefined) return false;
  if (number === undefined) return rights.permissions.includes(permission);
  // The payer is always an owner; events say who pays, but not the user's role.
  const isPayer = rights.user !== undefined && rights.user.id === number.payer_id;
  return rights.number_permissions[isPayer ? "payer" : (number.role ?? "")]?.includes(permission) ?? false;
}

/** Whether the user can only read in this account; false until the rights are known. */
export function useMayOnlyRead(number: OnAccount): boolean {
  const rights = useMe().data;
  return rights !== undefined && !can(rights, "send", number);
}

export function useCan(): (permission: string, number?: OnAccount) => boolean {
  const rights = useMe().data;
  return (permission, number) => can(rights, permission, number);
}
