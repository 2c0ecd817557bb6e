/** The numbers that reports are about: those of which the user sees all chats. */
import { isForgotten, useAccounts } from "@/lib/accounts";
import { formatPhoneOrNull } from "@/lib/phoneFormat";
import type { Account } from "@/types/wire";

export const nameAccount = ({ name, phone, id }: Pick<Account, "name" | "phone" | "id">): string => name ?? formatPhoneOrNull(phone) ?? String(id);

export const useReportedAccounts = (): readonly Account[] =>
  (useAccounts().data ?? []).filter((account) => account.restricted !== true && !isForgotten(account));
