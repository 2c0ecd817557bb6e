/** Shows in a thread that its account is not working, with the next step. */
import { Notice } from "@/components/Notice";
import { Text } from "@/components/Text";
import { Translated } from "@/i18n/Translated";
import { nameAccount } from "@/lib/accounts";
import type { Account } from "@/types/wire";
import { AccountNextStep } from "./AccountNextStep";
import { findReason } from "./nextStep";
import styles from "./account-notice.module.css";

interface AccountNoticeProps {
  readonly account: Account;
  readonly className: string | undefined;
}

export function AccountNotice({ account, className }: AccountNoticeProps) {
  if (account.status === "connected" || account.status === "degraded") return null;
  return (
    <div className={className} data-testid="number-notice">
      <Notice tone="warn">
        <Translated
          id={account.status === "connecting" ? "numbers.notice.connecting" : "numbers.notice.disconnected"}
          values={{ name: nameAccount(account) }}
          components={{ b: <strong translate="no" /> }}
        />{" "}
        <Text>{findReason(account) ?? ""}</Text>
        <AccountNextStep account={account} className={styles.action} />
      </Notice>
    </div>
  );
}
