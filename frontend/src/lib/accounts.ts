/** The numbers the user may see: read once, then kept up to date by events. */
import { notifyManager, useQuery, type QueryClient } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";
import { isNewer } from "@/lib/rows";
import { isBlank } from "./texts";
import { ENTITLEMENTS_KEY } from "@/lib/usage";
import type { Account } from "@/types/wire";

export const ACCOUNTS_KEY = ["accounts"] as const;

/** Of what was held and what comes in, each row in its newer version; the incoming list says which rows there are. */
function newestAccounts(current: unknown, incoming: unknown): unknown {
  const rows = new Map(((current ?? []) as readonly Account[]).map((account) => [account.id, account]));
  return (incoming as readonly Account[]).map((account) => {
    const old = rows.get(account.id);
    return old === undefined || !isNewer(old, account) ? account : { ...old, role: account.role ?? old.role };
  });
}

export function useAccounts(options: { readonly pollMs?: number } = {}) {
  const api = useApi();
  return useQuery({
    queryKey: ACCOUNTS_KEY,
    queryFn: ({ signal }): Promise<readonly Account[]> => api.listAccounts(signal),
    structuralSharing: newestAccounts,
    staleTime: 30_000,
    refetchInterval: options.pollMs ?? false,
  });
}

/** The number as it is now, where it was chosen a while ago. */
export function useNewest(account: Account): Account {
  return useAccounts().data?.find(({ id }) => id === account.id) ?? account;
}

/** A code that nobody scanned in time, or that a newer one replaced: there is no number behind it. */
export function isForgotten({ status, phone }: Account): boolean {
  return status === "disconnected" && phone === null;
}

/** Take over one account row, from an event or an answer. */
export function applyAccount(client: QueryClient, account: Account): void {
  const current = client.getQueryData<readonly Account[]>(ACCOUNTS_KEY);
  if (current === undefined) return;
  const old = current.find((row) => row.id === account.id);
  if (old === undefined) {
    client.setQueryData(ACCOUNTS_KEY, [...current, account]);
  } else if (isNewer(account, old)) {
    // An event does not carry the role: it is the reader's, not the account's.
    const merged = { ...account, role: account.role ?? old.role };
    client.setQueryData(ACCOUNTS_KEY, current.map((row) => (row.id === account.id ? merged : row)));
    if (old.payer_id !== account.payer_id) noteHandedOver(client);
  }
}

/** The account as the server has it now, also where that is older than what is held: its database was restored. */
export function replaceAccount(client: QueryClient, account: Account): void {
  const current = client.getQueryData<readonly Account[]>(ACCOUNTS_KEY);
  if (current === undefined) return;
  notifyManager.batch(() => {
    // With a row held, the newer of both would stay.
    removeAccount(client, account.id);
    client.setQueryData(
      ACCOUNTS_KEY,
      current.map((row) => (row.id === account.id ? { ...account, role: account.role ?? row.role } : row)),
    );
  });
}

/** Somebody else pays for it: known from an answer, before the event comes. */
export function setPayer(client: QueryClient, accountId: number, payer_id: number): void {
  client.setQueryData<readonly Account[]>(ACCOUNTS_KEY, (current) =>
    current?.map((row) => (row.id === accountId ? { ...row, payer_id } : row)),
  );
  noteHandedOver(client);
}

/** Another plan has its place now, and the reader may have become an owner of it. */
function noteHandedOver(client: QueryClient): void {
  for (const queryKey of [ENTITLEMENTS_KEY, ACCOUNTS_KEY]) void client.invalidateQueries({ queryKey });
}

export function removeAccount(client: QueryClient, accountId: number): void {
  client.setQueryData<readonly Account[]>(ACCOUNTS_KEY, (current) => current?.filter((row) => row.id !== accountId));
}

const digitsOf = (text: string) => text.replace(/\D/g, "");

/** The name somebody gave the number. WhatsApp's own stand-ins, the number again or its brand, are none. */
export function findName({ name, phone }: Pick<Account, "name" | "phone">): string | null {
  const text = name?.trim() ?? "";
  if (isBlank(text) || text === "WhatsApp") return null;
  const isPhone = /^\+?[\d\s()-]+$/.test(text);
  return isPhone && (phone === null || digitsOf(text) === digitsOf(phone)) ? null : text;
}

export function nameAccount(account: Account): string {
  return findName(account) ?? account.phone ?? "New number";
}
