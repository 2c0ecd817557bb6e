/** An account's status as a coloured label. */
import type { AccountStatus } from "@/types/wire";
import { Text } from "./Text";
import { classes } from "./classes";
import styles from "./status-chip.module.css";

const TEXTS: Readonly<Record<AccountStatus, string>> = {
  connecting: "Connecting",
  connected: "Connected",
  needs_action: "Needs action",
  degraded: "Degraded",
  disconnected: "Disconnected",
};

export function StatusChip({ status }: { readonly status: AccountStatus }) {
  return (
    <span className={classes(styles.chip, styles[status])} data-testid="account-status" data-status={status}>
      <span className={styles.dot} aria-hidden="true" />
      <Text>{TEXTS[status]}</Text>
    </span>
  );
}
