/** The small line of a bubble: edited, the time, the delivery state. */
import { Text, Time } from "@/components/Text";
import { classes } from "@/components/classes";
import { t } from "@/i18n/translate";
import { formatClock } from "@/lib/time";
import { Tick } from "@/features/inbox/thread/bubble/Tick";
import type { Bubble } from "@/features/inbox/thread/list/bubbles";
import { describeSteps } from "./steps";
import styles from "./message-meta.module.css";

/** "right", "left": where the last line of the text ends. "over": on a picture. "below": a line of its own. */
export type MetaPlace = "right" | "left" | "over" | "below";

interface MessageMetaProps {
  readonly bubble: Bubble;
  readonly place: MetaPlace;
  /** Shows the earlier texts; null if there are none. */
  readonly onHistory: (() => void) | null;
}

const isMarkedEdited = ({ isEdited, isDeleted }: Bubble): boolean => isEdited && !isDeleted;

const hasTick = ({ direction, isDeleted }: Bubble): boolean => direction === "out" && !isDeleted;

const scheduledText = ({ scheduledAt }: Bubble): string => (scheduledAt === null ? "" : t("messages.meta.scheduled", { time: formatClock(scheduledAt) }));

const ICON_REM = 1.15;
const GAP_CH = 2;

/** How much room the line takes: digits are wider than the average letter, so it is never too little. */
export function metaWidth(bubble: Bubble): string {
  const edited = isMarkedEdited(bubble) ? t("messages.meta.edited").length + 1 : 0;
  const icons = Number(hasTick(bubble));
  const characters = edited + scheduledText(bubble).length + formatClock(bubble.sentAt).length + GAP_CH;
  return `calc(${characters}ch + ${icons * ICON_REM}rem)`;
}

export function MessageMeta({ bubble, place, onHistory }: MessageMetaProps) {
  const scheduled = scheduledText(bubble);
  return (
    <span className={classes(styles.meta, styles[place])} title={describeSteps(bubble)} data-testid="message-meta">
      {isMarkedEdited(bubble) && <Edited onHistory={onHistory} />}
      {scheduled !== "" && <Text>{scheduled}</Text>}
      <Time at={bubble.sentAt}>{formatClock(bubble.sentAt)}</Time>
      {hasTick(bubble) && <Tick status={bubble.status} />}
    </span>
  );
}

function Edited({ onHistory }: Pick<MessageMetaProps, "onHistory">) {
  const text = t("messages.meta.edited");
  if (onHistory === null) return <span data-testid="message-edited">{text}</span>;
  return (
    <button type="button" className={styles.edited} onClick={onHistory} data-testid="message-edited">
      {text}
    </button>
  );
}
