/** One account: its status, when it was last active, and what can be done with it. */
import { useEffect, useState } from "react";
import { Link } from "@/lib/navigation";
import { Avatar } from "@/components/Avatar";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { StatusChip } from "@/components/StatusChip";
import { Text, Time } from "@/components/Text";
import { t } from "@/i18n/translate";
import { findName, isPairing, nameAccount } from "@/lib/accounts";
import { formatCount } from "@/lib/counts";
import { useConnect } from "@/lib/connect";
import { formatPhone } from "@/lib/phoneFormat";
import { useCan } from "@/lib/rights";
import { formatAgo, formatExact } from "@/lib/time";
import { SurveySetting } from "@/features/connections/survey/SurveySetting";
import type { Account } from "@/types/wire";
import { AssignmentSetting } from "./AssignmentSetting";
import { HoursSetting } from "@/features/connections/hours/HoursSetting";
import { AccountMenu, type AccountMenuProps } from "./AccountMenu";
import { advise, explain, mayReconnect } from "./nextStep";
import { NewChatFacts } from "@/features/connections/newChats/NewChatFacts";
import { StopNotice } from "@/features/connections/newChats/StopNotice";
import { RetentionSetting } from "./RetentionSetting";
import { SwitchSetting } from "./SwitchSetting";
import { classes } from "@/components/classes";
import buttonStyles from "@/components/button.module.css";
import styles from "./account-card.module.css";

function phoneLine(account: Account): string {
  if (account.phone === null) return t("numbers.unknown");
  return findName(account) === null ? "WhatsApp" : formatPhone(account.phone);
}

export function AccountCard({ account, ...actions }: AccountMenuProps) {
  const mayManage = useCan()("manage_number", account);
  return (
    <li className={styles.account} data-testid="account-card" data-account-id={account.id}>
      <div className={styles.head}>
        <Avatar name={findName(account) ?? ""} size="large" />
        <div className={styles.name}>
          <h2 translate="no">
            <bdi>{nameAccount(account)}</bdi>
          </h2>
          <p translate="no">
            <bdi>{phoneLine(account)}</bdi>
          </p>
        </div>
        <AccountMenu account={account} {...actions} />
      </div>
      <Condition account={account} />
      <StopNotice account={account} />
      <AccountFacts account={account} />
      <Imported account={account} />
      {mayManage && account.phone !== null && <Settings account={account} />}
      <div className={styles.actions}>
        {!isPairing(account) && (
          <Link className={classes(buttonStyles.button, buttonStyles.small)} to={`/inbox?account=${account.id}`}>
            <Icon name="inbox" size={16} />
            <Text>{t("numbers.openInbox")}</Text>
          </Link>
        )}
        {mayManage && <NextStep account={account} />}
      </div>
    </li>
  );
}

/** What its owners choose. */
function Settings({ account }: { readonly account: Account }) {
  return (
    <div className={styles.settings}>
      <SwitchSetting account={account} name="read_receipts" label={t("numbers.readReceipts")} testId="account-read-receipts" />
      <SwitchSetting account={account} name="category_required" label={t("numbers.categoryRequired")} testId="account-category-required" />
      <AssignmentSetting account={account} />
      <SurveySetting account={account} />
      <RetentionSetting account={account} />
      <HoursSetting account={account} />
    </div>
  );
}

/** The status, and in words why and what to do. */
function Condition({ account }: { readonly account: Account }) {
  const [reason, advice] = [explain(account), advise(account)];
  return (
    <div className={styles.condition}>
      <StatusChip status={account.status} />
      {reason !== null && (
        <div className={styles.reason} data-testid="account-reason">
          <p>{reason}</p>
          {advice !== null && <p className={styles.advice} data-testid="account-advice">{advice}</p>}
        </div>
      )}
    </div>
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
  if (time === null) return <Text>{t("numbers.never")}</Text>;
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
        <dt title={t("numbers.lastActivity.about")}>{t("numbers.lastActivity")}</dt>
        <dd>
          <When time={account.last_webhook_at} />
        </dd>
      </div>
      <div>
        <dt title={t("numbers.lastSync.about")}>{t("numbers.lastSync")}</dt>
        <dd>
          <When time={account.last_sweep_at} />
        </dd>
      </div>
      {account.found_late > 0 && (
        <div>
          <dt title={t("numbers.recovered.about")}>{t("numbers.recovered")}</dt>
          <dd data-testid="account-found-late" title={describeGap(account)} translate="no">
            {formatCount(account.found_late)}
          </dd>
        </div>
      )}
      <NewChatFacts account={account} />
    </dl>
  );
}

function describeGap({ oldest_gap_at }: Account): string {
  return oldest_gap_at === null
    ? t("numbers.recovered.about")
    : t("numbers.recovered.oldest", { time: formatExact(oldest_gap_at) });
}

/** The progress of the history import. */
function Imported({ account }: { readonly account: Account }) {
  const { import_state, imported_messages } = account;
  if (import_state === "done" && imported_messages > 0) {
    return (
      <p className={styles.import} data-testid="account-import" data-state="done">
        <Text>{t("numbers.imported", { count: imported_messages })}</Text>
      </p>
    );
  }
  if (import_state !== "running") return null;
  return (
    <p className={styles.import} role="status" data-testid="account-import" data-state="running">
      <span className={buttonStyles.spinner} aria-hidden="true" />
      <Text>{t("numbers.importing", { count: imported_messages })}</Text>
    </p>
  );
}

function NextStep({ account }: { readonly account: Account }) {
  const connect = useConnect();
  const step = account.next_step;
  if (step === "connect") {
    return (
      <Button size="small" tone="primary" onClick={() => connect()} data-testid="account-connect">
        {t("numbers.connectAgain")}
      </Button>
    );
  }
  if (!mayReconnect(account)) return null;
  return (
    <Button size="small" tone="primary" onClick={() => connect(account)} data-testid="account-reconnect">
      {step === "scan" ? t("numbers.showCode") : t("numbers.reconnect")}
    </Button>
  );
}
