/** One account: its status, when it was last active, and what can be done with it. */
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { Avatar } from "@/components/Avatar";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { StatusChip } from "@/components/StatusChip";
import { Exact, Text, Time } from "@/components/Text";
import { findName, nameAccount } from "@/lib/accounts";
import { useCan } from "@/lib/rights";
import { formatAgo, formatExact } from "@/lib/time";
import type { Account } from "@/types/wire";
import { advise, explain, mayReconnect } from "./nextStep";
import { RetentionSetting } from "./RetentionSetting";
import { AccountExport } from "./AccountExport";
import { ReadReceipts } from "./ReadReceipts";
import { classes } from "@/components/classes";
import buttonStyles from "@/components/button.module.css";
import styles from "./account-card.module.css";

interface AccountCardProps {
  readonly account: Account;
  readonly onReconnect: () => void;
  readonly onConnect: () => void;
  /** Absent for users who may not manage its members. */
  readonly onMembers?: (() => void) | undefined;
  readonly onDisconnect: () => void;
  /** Absent for users who may not erase it. */
  readonly onErase?: (() => void) | undefined;
}

function phoneLine(account: Account): string {
  if (account.phone === null) return "Number not known yet";
  return findName(account) === null ? "WhatsApp" : account.phone;
}

export function AccountCard({ account, ...actions }: AccountCardProps) {
  const [reason, advice] = [explain(account), advise(account)];
  const mayManage = useCan()("manage_number", account);
  return (
    <li className={styles.account} data-testid="account-card" data-account-id={account.id}>
      <div className={styles.head}>
        <Avatar name={findName(account) ?? ""} size="large" />
        <div className={styles.name}>
          <h2 translate="no">{nameAccount(account)}</h2>
          <p>{phoneLine(account)}</p>
        </div>
        <StatusChip status={account.status} />
      </div>
      {reason !== null && (
        <div className={styles.reason} data-testid="account-reason">
          <p>{reason}</p>
          {advice !== null && <p className={styles.advice} data-testid="account-advice">{advice}</p>}
        </div>
      )}
      <AccountFacts account={account} />
      <Imported account={account} />
      {mayManage && account.phone !== null && <ReadReceipts account={account} />}
      {mayManage && account.phone !== null && <RetentionSetting account={account} />}
      <AccountActions account={account} {...actions} />
    </li>
  );
}

/** Relative ages have to be updated from time to time. */
function useMinute(): void {
  const [, setMinute] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setMinute((minute) => minute + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
}

function When({ time }: { readonly time: string | null }) {
  if (time === null) return <Text>never</Text>;
  return (
    <Time at={time} title={formatExact(time)}>
      {formatAgo(time)}
    </Time>
  );
}

function AccountFacts({ account }: { readonly account: Account }) {
  useMinute();
  return (
    <dl className={styles.facts}>
      <div>
        <dt title="When WhatsApp last sent something for this number">Last signal</dt>
        <dd>
          <When time={account.last_webhook_at} />
        </dd>
      </div>
      <div>
        <dt title="When everything was last compared with WhatsApp">Last check</dt>
        <dd>
          <When time={account.last_sweep_at} />
        </dd>
      </div>
      <div>
        <dt title="Messages that arrived without a signal and were found by a check">Found late</dt>
        <dd data-testid="account-found-late" title={describeGap(account)}>
          {account.found_late.toLocaleString()}
        </dd>
      </div>
    </dl>
  );
}

function describeGap({ oldest_gap_at, found_late }: Account): string | undefined {
  return found_late > 0 && oldest_gap_at ? `The oldest was sent ${formatExact(oldest_gap_at)}` : undefined;
}

/** The progress of the history import. */
function Imported({ account }: { readonly account: Account }) {
  const { import_state, imported_messages } = account;
  if (import_state === "done" && imported_messages > 0) {
    return (
      <p className={styles.import} data-testid="account-import" data-state="done">
        <Exact>{imported_messages.toLocaleString()}</Exact> earlier messages imported
      </p>
    );
  }
  if (import_state !== "running") return null;
  return (
    <p className={styles.import} role="status" data-testid="account-import" data-state="running">
      <span className={buttonStyles.spinner} aria-hidden="true" />
      Importing earlier chats: <Exact>{imported_messages.toLocaleString()}</Exact> messages so far
    </p>
  );
}

function AccountActions({ account, onReconnect, onConnect, onMembers, onDisconnect, onErase }: AccountCardProps) {
  const mayManage = useCan()("manage_number", account);
  const isUnknown = account.status === "connecting" && account.phone === null;
  return (
    <div className={styles.actions}>
      {!isUnknown && (
        <Link className={classes(buttonStyles.button, buttonStyles.small)} to={`/inbox?account=${account.id}`}>
          <Icon name="inbox" size={16} />
          Open inbox
        </Link>
      )}
      {mayManage && <NextStep account={account} onReconnect={onReconnect} onConnect={onConnect} />}
      {onMembers !== undefined && (
        <Button size="small" onClick={onMembers} data-testid="account-members">
          <Icon name="people" size={16} />
          People
        </Button>
      )}
      {mayManage && !isUnknown && <AccountExport account={account} />}
      <Endings account={account} onDisconnect={onDisconnect} onErase={isUnknown ? undefined : onErase} />
    </div>
  );
}

function Endings({ account, onDisconnect, onErase }: Pick<AccountCardProps, "account" | "onDisconnect" | "onErase">) {
  const mayDisconnect = useCan()("manage_number", account) && account.status !== "disconnected";
  if (!mayDisconnect && onErase === undefined) return null;
  return (
    <div className={styles.endings}>
      {mayDisconnect && (
        <Button size="small" tone="quiet" onClick={onDisconnect} data-testid="account-disconnect">
          Disconnect
        </Button>
      )}
      {onErase !== undefined && (
        <Button size="small" tone="quiet" onClick={onErase} data-testid="account-erase">
          Erase…
        </Button>
      )}
    </div>
  );
}

function NextStep({ account, onReconnect, onConnect }: Pick<AccountCardProps, "account" | "onReconnect" | "onConnect">) {
  const step = account.next_step;
  if (step === "connect") {
    return (
      <Button size="small" tone="primary" onClick={onConnect} data-testid="account-connect">
        Connect again
      </Button>
    );
  }
  if (!mayReconnect(account)) return null;
  return (
    <Button size="small" tone="primary" onClick={onReconnect} data-testid="account-reconnect">
      {step === "scan" ? "Show code" : "Reconnect"}
    </Button>
  );
}
