/** Shows in the inbox that an account is not working, with the next step. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Text } from "@/components/Text";
import { nameAccount } from "@/lib/accounts";
import { useCan } from "@/lib/rights";
import type { Account } from "@/types/wire";
import { ConnectDialog } from "./ConnectDialog";
import { explain, mayReconnect } from "./nextStep";
import styles from "./account-notice.module.css";

interface AccountNoticeProps {
  readonly account: Account;
  readonly className: string | undefined;
  /** Only when action is needed: a disconnect on purpose is not reported. */
  readonly isQuiet?: boolean;
}

const isDown = ({ status }: Account): boolean => status !== "connected" && status !== "degraded";

/** Stays mounted while its dialog is open, even if the account works again meanwhile. */
export function AccountNotice({ account, className, isQuiet = false }: AccountNoticeProps) {
  const [asked, setAsked] = useState<"connect" | "reconnect" | null>(null);
  const isShown = isQuiet ? account.status === "needs_action" : isDown(account);
  const close = () => setAsked(null);
  return (
    <>
      {isShown && (
        <div className={className} data-testid="number-notice">
          <Notice tone="warn">
            <strong translate="no">{nameAccount(account)}</strong> is not connected. No messages come in or go out. <Text>{explain(account) ?? ""}</Text>
            <NextStep account={account} onAsk={setAsked} />
          </Notice>
        </div>
      )}
      {asked === "connect" && <ConnectDialog onClose={close} />}
      {asked === "reconnect" && <ConnectDialog known={account} onClose={close} />}
    </>
  );
}

interface NextStepProps {
  readonly account: Account;
  readonly onAsk: (what: "connect" | "reconnect") => void;
}

function NextStep({ account, onAsk }: NextStepProps) {
  const can = useCan();
  const step = account.next_step;
  if (step === "connect") {
    if (!can("connect_number")) return null;
    return (
      <Button size="small" className={styles.action} onClick={() => onAsk("connect")}>
        Connect again
      </Button>
    );
  }
  if (!mayReconnect(account) || !can("manage_number", account)) return null;
  return (
    <Button size="small" className={styles.action} onClick={() => onAsk("reconnect")} data-testid="notice-reconnect">
      {step === "scan" ? "Show code" : "Reconnect"}
    </Button>
  );
}
