/** One line for each check: its state in a word and an icon, its name, and what was found. */
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { classes } from "@/components/classes";
import { translateSaid } from "@/i18n/said";
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
          <Message check={check} />
        </li>
      ))}
    </ul>
  );
}

/** What a newer server has found is shown in English. */
function Message({ check }: { readonly check: SystemCheck }) {
  const translated = translateSaid(check);
  return <bdi className={styles.message} lang={translated === null ? "en" : undefined} data-testid="system-message">{translated ?? check.message}</bdi>;
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
