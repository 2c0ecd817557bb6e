/** Says that a number does not work and offers the next step: connecting numbers is another feature's, which is handed in. */
import { createContext, use, type ReactNode } from "react";
import type { Account } from "@/types/wire";

interface AccountNoticeProps {
  readonly account: Account;
  readonly className: string;
  /** Only when somebody has to act: that a number was disconnected on purpose is known. */
  readonly isQuiet?: boolean;
}

export const AccountNoticeContext = createContext<(props: AccountNoticeProps) => ReactNode>(() => null);

export function AccountNotice(props: AccountNoticeProps) {
  return use(AccountNoticeContext)(props);
}
