/** Above the chat list: one line for all numbers that need action, and one for imports. */
import { useId, useState } from "react";
import { classes } from "@/components/classes";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { Translated } from "@/i18n/Translated";
import { t } from "@/i18n/translate";
import { nameAccount } from "@/lib/accounts";
import type { Account } from "@/types/wire";
import { AccountNextStep } from "./AccountNextStep";
import { findReason } from "./nextStep";
import buttonStyles from "@/components/button.module.css";
import styles from "./account-lines.module.css";

/** A disconnect on purpose is not reported. */
const needsAction = ({ status }: Account): boolean => status === "needs_action";

/** A shorter import is over before a line about it could be read, and would only move the list. */
const LONG_IMPORT = 200;

/** How many messages the running imports have stored; null if none is long. UniPile does not say how many there are. */
function findImported(accounts: readonly Account[]): number | null {
  const running = accounts.filter(({ import_state, imported_messages }) => import_state === "running" && imported_messages >= LONG_IMPORT);
  return running.length === 0 ? null : running.reduce((sum, { imported_messages }) => sum + imported_messages, 0);
}

interface AccountLinesProps {
  readonly accounts: readonly Account[];
  readonly openId: number | undefined;
}

export function AccountLines({ accounts, openId }: AccountLinesProps) {
  const down = accounts.filter((account) => needsAction(account) && account.id !== openId);
  const [first] = down;
  const imported = findImported(accounts);
  if (first === undefined && imported === null) return null;
  return (
    <div className={styles.lines}>
      {first !== undefined && (down.length === 1 ? <Line account={first} /> : <Several accounts={down} />)}
      {imported !== null && <Importing count={imported} />}
    </div>
  );
}

function Importing({ count }: { readonly count: number }) {
  return (
    <p className={classes(styles.line, styles.importing)} data-testid="import-line">
      <span className={buttonStyles.spinner} aria-hidden="true" />
      <Text>{t("numbers.lines.importing", { count })}</Text>
    </p>
  );
}

/** The reason is in the tooltip, and read out. */
function Line({ account }: { readonly account: Account }) {
  const reason = findReason(account);
  return (
    <div className={styles.line} data-testid="number-notice">
      <Icon name="alert" size={16} />
      <p className={styles.words} title={reason ?? undefined}>
        <Translated id="numbers.lines.one" values={{ name: nameAccount(account) }} components={{ b: <strong translate="no" /> }} />
        <span className="visually-hidden">{` ${reason ?? ""}`}</span>
      </p>
      <AccountNextStep account={account} className={styles.action} />
    </div>
  );
}

function Several({ accounts }: { readonly accounts: readonly Account[] }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <button type="button" className={styles.line} aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)} data-testid="number-notices">
        <Icon name="alert" size={16} />
        <span className={styles.words}>
          <Text>{t("numbers.lines.many", { count: accounts.length })}</Text>
        </span>
        <Icon name="chevron" size={16} />
      </button>
      <div id={id} className={styles.each} hidden={!isOpen}>
        {accounts.map((account) => (
          <Line key={account.id} account={account} />
        ))}
      </div>
    </>
  );
}
