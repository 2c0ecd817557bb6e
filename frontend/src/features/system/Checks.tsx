/** One line for each check: its state in a word and an icon, its name, and what was found. */
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { classes } from "@/components/classes";
import { t } from "@/i18n/translate";
import type { SystemCheck } from "@/types/wire";
import { nameCheck, sortChecks, STATES, type CheckState } from "./labels";
import styles from "./system.module.css";

export function Checks({ checks }: { readonly checks: readonly SystemCheck[] }) {
  return (
    <ul className={styles.lines} aria-label={t("system.checks")}>
      {sortChecks(checks).map((check, index) => (
        // Several settings can have one name.
        <li key={`${check.name} ${index}`} className={styles.check} data-testid="system-check" data-state={check.state}>
          <State state={check.state} />
          <strong>{nameCheck(check.name)}</strong>
          {/* As `doctor` says it, for who administers the server. */}
          <bdi className={styles.message} lang="en">{check.message}</bdi>
        </li>
      ))}
    </ul>
  );
}

function State({ state }: { readonly state: CheckState }) {
  const [icon, word] = STATES[state];
  return (
    <span className={classes(styles.state, styles[state])}>
      <Icon name={icon} size={16} />
      <Text>{t(word)}</Text>
    </span>
  );
}
