/** Shows that an account is not working; the notice itself comes from the connections feature through a context. */
import { createContext, use, type ReactNode } from "react";
import type { Account } from "@/types/wire";

interface AccountNoticeProps {
  readonly account: Account;
  readonly className: string | undefined;
  /** Only when action is needed: a disconnect on purpose is not reported. */
  readonly isQuiet?: boolean;
}

export const AccountNoticeContext = createContext<(props: AccountNoticeProps) => ReactNode>(() => null);

export function AccountNotice(props: AccountNoticeProps) {
  return use(AccountNoticeContext)(props);
}
