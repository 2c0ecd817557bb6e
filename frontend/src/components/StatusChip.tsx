/** An account's status as a coloured label. */
import { t } from "@/i18n/translate";
import type { AccountStatus } from "@/types/wire";
import { Text } from "./Text";
import { classes } from "./classes";
import styles from "./status-chip.module.css";

export function StatusChip({ status }: { readonly status: AccountStatus }) {
  return (
    <span className={classes(styles.chip, styles[status])} data-testid="account-status" data-status={status}>
      <span className={styles.dot} aria-hidden="true" />
      <Text>{t(`app.status.${status}`)}</Text>
    </span>
  );
}
