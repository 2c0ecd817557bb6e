/** What the team does with a chat: who has it, until when it is snoozed, and that the contact waits for an answer. */
import { Avatar } from "@/components/Avatar";
import { classes } from "@/components/classes";
import { Icon } from "@/components/Icon";
import { Time } from "@/components/Text";
import { t } from "@/i18n/translate";
import { isolate } from "@/lib/texts";
import { formatExact, formatUntil } from "@/lib/time";
import { useMinute } from "@/lib/useMinute";
import type { Chat } from "@/types/wire";
import { formatWait, levelOf } from "./waiting";
import styles from "./state-marks.module.css";

/** Colour is not the only sign: who waits long has another icon. */
export function WaitTime({ since }: { readonly since: string }) {
  const now = useMinute();
  const level = levelOf(since, now);
  return (
    <span className={classes(styles.wait, styles[level])} data-testid="chat-waits" data-level={level}>
      <Icon name={level === "veryLong" ? "alert" : "waiting"} size={14} />
      <Time at={since} title={t("chats.waitsSince", { time: formatExact(since) })}>
        {formatWait(since, now)}
      </Time>
    </span>
  );
}

export function StateMarks({ chat, isWaitShown }: { readonly chat: Chat; readonly isWaitShown: boolean }) {
  const { assignee, team, snoozed_until, waiting_since, unread_count } = chat;
  const isClosed = chat.status === "closed";
  return (
    <>
      {waiting_since !== null && unread_count === 0 && !isWaitShown && <WaitMark since={waiting_since} />}
      {snoozed_until !== null && <SnoozeMark until={snoozed_until} />}
      {assignee !== null && !isClosed && <OwnerMark name={assignee.name} />}
      {assignee === null && team !== null && !isClosed && <TeamMark name={team.name} />}
    </>
  );
}

/** An unread message says that by itself. */
function WaitMark({ since }: { readonly since: string }) {
  const label = t("chats.waitsSince", { time: formatExact(since) });
  return (
    <span className={styles.mark} role="img" aria-label={label} title={label} data-testid="chat-waiting">
      <Icon name="waiting" size={14} />
    </span>
  );
}

function SnoozeMark({ until }: { readonly until: string }) {
  return (
    <span className={styles.snoozed} title={t("chats.snoozedUntil", { time: formatExact(until) })} data-testid="chat-snoozed">
      <Icon name="snooze" size={14} />
      <span className="visually-hidden">{t("chats.snoozedUntil", { time: formatExact(until) })}</span>
      <span aria-hidden="true">{formatUntil(until)}</span>
    </span>
  );
}

function OwnerMark({ name }: { readonly name: string }) {
  const label = t("chats.assignedTo", { name: isolate(name) });
  return (
    <span className={styles.owner} role="img" aria-label={label} title={label} data-testid="chat-assignee">
      <Avatar name={name} size="small" />
    </span>
  );
}

function TeamMark({ name }: { readonly name: string }) {
  const label = t("chats.assignedTeam", { name: isolate(name) });
  return (
    <span className={styles.mark} role="img" aria-label={label} title={label} data-testid="chat-team">
      <Icon name="people" size={14} />
    </span>
  );
}
