/** The lines of a row: title and time, preview and marks, and the account if several are shown. */
import { Icon, type IconName } from "@/components/Icon";
import { Exact, Text, Time, type Elements } from "@/components/Text";
import { t } from "@/i18n/translate";
import { nameAccount } from "@/lib/accounts";
import { lazyPart } from "@/lib/lazyPart";
import { formatExact, formatListTime } from "@/lib/time";
import type { Account, Chat } from "@/types/wire";
import { isMuted } from "@/features/inbox/chats/actions/chatActions";
import { nameChat } from "@/features/inbox/chats/nameChat";
import { classes } from "@/components/classes";
import { ChatLabels } from "@/features/inbox/labels/LabelChip";
import { RowPreview } from "./RowPreview";
import styles from "@/features/inbox/chats/chat-row.module.css";

/** Most rows of an inbox without a team have none. */
const StateMarks = lazyPart(async () => (await import("./StateMarks")).StateMarks, { preloading: "first", isExtra: true });
const TargetMark = lazyPart(async () => (await import("@/features/inbox/targets/TargetMark")).TargetMark, { preloading: "first", isExtra: true });
const WaitTime = lazyPart(async () => (await import("./StateMarks")).WaitTime, { preloading: "first", isExtra: true });

const MAX_BADGE = 99;

interface RowBodyProps {
  readonly chat: Chat;
  readonly account: Account | undefined;
  readonly isSelected: boolean;
  /** The name with what was found in it marked. */
  readonly found?: Elements | undefined;
  /** How long the contact waits, instead of when the last message came. */
  readonly isWaitShown?: boolean | undefined;
  /** How soon the target is breached, instead of when the last message came. */
  readonly isDueShown?: boolean | undefined;
}

const hasMarks = ({ status, waiting_since, unread_count, assignee, team }: Chat): boolean =>
  status !== "closed" && (status === "snoozed" || assignee !== null || team !== null || (waiting_since !== null && unread_count === 0));

export function RowBody({ chat, account, isSelected, found, isWaitShown = false, isDueShown = false }: RowBodyProps) {
  return (
    <span className={styles.body}>
      <span className={styles.top}>
        <span className={styles.title} translate="no" data-testid="chat-title">
          <bdi>{found ?? <Text>{nameChat(chat)}</Text>}</bdi>
        </span>
        <Times chat={chat} isWaitShown={isWaitShown} isDueShown={isDueShown} />
      </span>
      <span className={styles.bottom}>
        <RowPreview chat={chat} isSelected={isSelected} />
        <ChatLabels chat={chat} />
        <Marks chat={chat} />
        {hasMarks(chat) && <StateMarks chat={chat} isWaitShown={isWaitShown} />}
        {chat.unread_count > 0 && <UnreadBadge count={chat.unread_count} isQuiet={isMuted(chat)} />}
      </span>
      {account !== undefined && (
        <span className={classes(styles.account, `hue-${account.id % 8}`)} title={nameAccount(account)} translate="no">
          <bdi>{nameAccount(account)}</bdi>
        </span>
      )}
    </span>
  );
}

function Times({ chat, isWaitShown, isDueShown }: { readonly chat: Chat; readonly isWaitShown: boolean; readonly isDueShown: boolean }) {
  const { waiting_since, target, last_message_at } = chat;
  return (
    <>
      {isWaitShown && waiting_since !== null && <WaitTime since={waiting_since} />}
      {target !== null && <TargetMark target={target} isAlways={isDueShown} />}
      {!isWaitShown && !isDueShown && last_message_at !== null && (
        <Time className={styles.time} at={last_message_at} title={formatExact(last_message_at)}>
          {formatListTime(last_message_at)}
        </Time>
      )}
    </>
  );
}

function Marks({ chat }: { readonly chat: Chat }) {
  return (
    <>
      {isMuted(chat) && <Mark icon="mute" label={t("chats.muted")} />}
      {chat.pinned && !chat.archived && <Mark icon="pin" label={t("chats.pinned")} />}
    </>
  );
}

function Mark({ icon, label }: { readonly icon: IconName; readonly label: string }) {
  return (
    <span className={styles.mark} role="img" aria-label={label} title={label}>
      <Icon name={icon} size={14} />
    </span>
  );
}

function UnreadBadge({ count, isQuiet }: { readonly count: number; readonly isQuiet: boolean }) {
  return (
    <span className={classes(styles.badge, isQuiet && styles.quietBadge)} data-testid="chat-unread">
      <Exact>{count > MAX_BADGE ? `${MAX_BADGE}+` : count}</Exact>
      <span className="visually-hidden">{` ${t("chats.unreadBadge")}`}</span>
    </span>
  );
}
