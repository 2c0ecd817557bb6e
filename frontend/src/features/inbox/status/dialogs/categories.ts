/** Where chats are closed with a category only: a setting of their account. */
import type { QueryClient } from "@tanstack/react-query";
import { ACCOUNTS_KEY, useAccounts } from "@/lib/accounts";
import type { Account, Chat } from "@/types/wire";
import type { StateAction } from "@/features/inbox/status/stateActions";

type OfAccount = Pick<Chat, "account_id">;

const needsCategory = (accounts: readonly Account[] | undefined, chats: readonly OfAccount[]): boolean =>
  accounts?.some(({ id, category_required }) => category_required && chats.some(({ account_id }) => account_id === id)) ?? false;

/** Whether one of the chats is closed with a category only. */
export const useNeedsCategory = (chats: readonly OfAccount[]): boolean => needsCategory(useAccounts().data, chats);

/** Whether the action closes the chat without the category that it needs. */
export function lacksCategory(client: QueryClient, chat: OfAccount, { request }: StateAction): boolean {
  if (request.kind !== "status" || request.body.status !== "closed" || request.body.category !== undefined) return false;
  return needsCategory(client.getQueryData<readonly Account[]>(ACCOUNTS_KEY), [chat]);
}
