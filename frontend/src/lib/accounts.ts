/** The user's accounts: read once, then kept up to date by events. */
import { notifyManager, useQuery, type QueryClient } from "@tanstack/react-query";
import { useFirstApi } from "@/lib/api/context";
import { t } from "@/i18n/translate";
import type { Opening } from "@/lib/opened";
import { applyPushed } from "@/lib/queryClient";
import { isNewer } from "@/lib/rows";
import { formatPhoneOrNull } from "./phoneFormat";
import { isBlank } from "./texts";
import { ENTITLEMENTS_KEY } from "@/lib/usage";
import type { Account } from "@/types/wire";

export const ACCOUNTS_KEY = ["accounts"] as const;

/** Keeps the newer version of each row; the incoming list decides which rows there are. */
function newestAccounts(current: unknown, incoming: unknown): unknown {
  const rows = new Map(((current ?? []) as readonly Account[]).map((account) => [account.id, account]));
  return (incoming as readonly Account[]).map((account) => {
    const old = rows.get(account.id);
    return old === undefined || !isNewer(old, account) ? account : { ...old, ...ownOf(account, old) };
  });
}

/** What is the user's and not the account's, which events do not carry. */
const ownOf = (account: Account, old: Account) => ({
  ...((account.role ?? old.role) !== undefined && { role: account.role ?? old.role }),
  ...((account.restricted ?? old.restricted) !== undefined && { restricted: account.restricted ?? old.restricted }),
});

export function useAccounts(options: Opening & { readonly refetchInterval?: number } = {}) {
  const api = useFirstApi();
  return useQuery({
    queryKey: ACCOUNTS_KEY,
    queryFn: ({ signal }): Promise<readonly Account[]> => api.listAccounts(signal),
    structuralSharing: newestAccounts,
    staleTime: 30_000,
    ...options,
  });
}

/** The current version of an account that was selected earlier. */
export function useNewest(account: Account): Account {
  return useAccounts().data?.find(({ id }) => id === account.id) ?? account;
}

/** An account whose code is shown and was not scanned yet. */
export function isPairing({ status, next_step, phone }: Account): boolean {
  return status === "connecting" && next_step === "scan" && phone === null;
}

/** An account that was never linked: its code is still shown somewhere, has expired, or was replaced or cancelled. */
export function isForgotten(account: Account): boolean {
  return isPairing(account) || (account.status === "disconnected" && account.phone === null);
}

/** Applies one account row, from an event or a response. */
export function applyAccount(client: QueryClient, account: Account): void {
  const current = client.getQueryData<readonly Account[]>(ACCOUNTS_KEY);
  if (current === undefined) return;
  const old = current.find((row) => row.id === account.id);
  if (old === undefined) {
    client.setQueryData(ACCOUNTS_KEY, [...current, account]);
  } else if (isNewer(account, old)) {
    // Events carry no role: it is the user's, not the account's.
    const merged = { ...account, ...ownOf(account, old) };
    client.setQueryData(ACCOUNTS_KEY, current.map((row) => (row.id === account.id ? merged : row)));
    if (old.payer_id !== account.payer_id) noteHandedOver(client);
  }
}

/** Takes the server's row even if it is older than the cached one: the database was restored. */
export function replaceAccount(client: QueryClient, account: Account): void {
  const current = client.getQueryData<readonly Account[]>(ACCOUNTS_KEY);
  if (current === undefined) return;
  notifyManager.batch(() => {
    // A cached newer row would win.
    removeAccount(client, account.id);
    client.setQueryData(
      ACCOUNTS_KEY,
      current.map((row) => (row.id === account.id ? { ...account, ...ownOf(account, row) } : row)),
    );
  });
}

/** Applies a new payer from a response, before the event arrives. */
export function setPayer(client: QueryClient, accountId: number, payer_id: number): void {
  client.setQueryData<readonly Account[]>(ACCOUNTS_KEY, (current) =>
    current?.map((row) => (row.id === accountId ? { ...row, payer_id } : row)),
  );
  noteHandedOver(client);
}

/** The account counts towards another plan, and the user may have become an owner of it. */
function noteHandedOver(client: QueryClient): void {
  for (const queryKey of [ENTITLEMENTS_KEY, ACCOUNTS_KEY]) void client.invalidateQueries({ queryKey });
}

export function removeAccount(client: QueryClient, accountId: number): void {
  applyPushed<readonly Account[]>(client, ACCOUNTS_KEY, (current) => current.filter((row) => row.id !== accountId));
}

const digitsOf = (text: string) => text.replace(/\D/g, "");

/** The name given to the account. WhatsApp's placeholders, the number itself or the brand, do not count. */
export function findName({ name, phone }: Pick<Account, "name" | "phone">): string | null {
  const text = name?.trim() ?? "";
  if (isBlank(text) || text === "WhatsApp") return null;
  const isPhone = /^\+?[\d\s()-]+$/.test(text);
  return isPhone && (phone === null || digitsOf(text) === digitsOf(phone)) ? null : text;
}

export function nameAccount(account: Account): string {
  return findName(account) ?? formatPhoneOrNull(account.phone) ?? t("numbers.new");
}
