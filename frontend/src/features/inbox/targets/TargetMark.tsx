/** How soon a target is breached: shortly in a row, in a sentence in the head of the thread and in the details. */
import { classes } from "@/components/classes";
import { Icon } from "@/components/Icon";
import { Text, Time } from "@/components/Text";
import { t } from "@/i18n/translate";
import { formatExact, formatMoment } from "@/lib/time";
import type { ChatTarget } from "@/types/wire";
import type { Standing } from "./standing";
import { useTargetTexts } from "./useTargetTexts";
import styles from "./targets.module.css";

/** Colour is not the only sign. */
function Sign({ standing }: { readonly standing: Standing }) {
  return <Icon name={standing === "breached" ? "alert" : "waiting"} size={14} />;
}

const titleOf = ({ due_at }: ChatTarget): string => t("targets.dueAt", { time: formatExact(due_at) });

interface TargetMarkProps {
  readonly target: ChatTarget;
  /** Also while it is on track. */
  readonly isAlways?: boolean;
}

export function TargetMark({ target, isAlways = false }: TargetMarkProps) {
  const { standing, short, long } = useTargetTexts(target);
  if (standing === "on_track" && !isAlways) return null;
  return (
    <span className={classes(styles.mark, styles[standing])} title={titleOf(target)} data-testid="chat-target" data-standing={standing}>
      <Sign standing={standing} />
      <span className="visually-hidden">{long}</span>
      <span aria-hidden="true">{short}</span>
    </span>
  );
}

/** In the head of the thread; on a phone as short as in a row. */
export function TargetBadge({ target }: { readonly target: ChatTarget }) {
  const { standing, short, long } = useTargetTexts(target);
  if (standing === "on_track") return null;
  return (
    <span className={classes(styles.badge, styles[standing])} title={titleOf(target)} data-testid="thread-target" data-standing={standing}>
      <Sign standing={standing} />
      <span className="visually-hidden">{long}</span>
      <span className={styles.long} aria-hidden="true">{long}</span>
      <span className={styles.short} aria-hidden="true">{short}</span>
    </span>
  );
}

/** In the details of the chat: also while it is on track. */
export function TargetSection({ target }: { readonly target: ChatTarget }) {
  const { standing, long } = useTargetTexts(target);
  return (
    <section className={styles.section} aria-labelledby="chat-target-title" data-testid="target-section" data-standing={standing}>
      <h2 id="chat-target-title">{t("targets.one")}</h2>
      <p>
        <strong className={styles[standing]}>
          <Sign standing={standing} />
          <Text>{long}</Text>
        </strong>
        <Time at={target.due_at}>{formatMoment(target.due_at)}</Time>
      </p>
    </section>
  );
}
