/** Shows that accounts are not working; the notices come from the connections feature through a context. */
import { createContext, use, type ReactNode } from "react";
import type { Account } from "@/types/wire";

interface AccountNoticeProps {
  readonly account: Account;
  readonly className: string | undefined;
}

interface AccountLinesProps {
  readonly accounts: readonly Account[];
  /** The account of the open chat, which shows its own notice. */
  readonly openId: number | undefined;
}

export interface AccountNotices {
  /** In the thread: what is wrong with its account, why, and the next step. */
  readonly notice: (props: AccountNoticeProps) => ReactNode;
  /** Above the list: one line for all accounts that need action, and one for those whose history is being imported. */
  readonly lines: (props: AccountLinesProps) => ReactNode;
}

export const AccountNoticesContext = createContext<AccountNotices>({ notice: () => null, lines: () => null });

export function AccountNotice(props: AccountNoticeProps) {
  return use(AccountNoticesContext).notice(props);
}

export function AccountLines(props: AccountLinesProps) {
  return use(AccountNoticesContext).lines(props);
}
