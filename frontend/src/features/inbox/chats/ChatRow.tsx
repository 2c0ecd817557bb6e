/** One chat of the list: title, time, preview and unread count. */
import { Link, useLocation } from "react-router";
import { Icon, type IconName } from "@/components/Icon";
import { Exact, Time } from "@/components/Text";
import { nameAccount } from "@/lib/accounts";
import { firstShown } from "@/lib/texts";
import { formatListTime } from "@/lib/time";
import type { Account, Chat, ChatKind } from "@/types/wire";
import { Preview } from "@/features/inbox/presence/Colleagues";
import { ContactAvatar } from "./ContactAvatar";
import { Tick } from "@/features/inbox/thread/Tick";
import { classes } from "@/components/classes";
import styles from "./chat-row.module.css";

const MAX_BADGE = 99;

const NAMELESS: Record<ChatKind, string> = { direct: "Unknown contact", group: "Group", channel: "Channel" };

export function nameChat(chat: Chat): string {
  return firstShown(chat.title, chat.contact?.name, chat.contact?.phone) ?? NAMELESS[chat.kind];
}

interface ChatRowProps {
  readonly chat: Chat;
  /** Shown when the list mixes several accounts. */
  readonly account: Account | undefined;
  readonly isSelected: boolean;
}

export function ChatRow({ chat, account, isSelected }: ChatRowProps) {
  const { search } = useLocation();
  const hasUnread = chat.unread_count > 0;
  const title = nameChat(chat);
  return (
    <Link
      className={classes(styles.chat, account !== undefined && styles.tall, isSelected && styles.selected, hasUnread && styles.new)}
      to={`/inbox/${chat.account_id}/${chat.id}${search}`}
      aria-current={isSelected ? "true" : undefined}
      data-testid="chat-item"
      data-chat-id={chat.id}
    >
      <ContactAvatar accountId={chat.account_id} name={title} avatar={chat.contact?.avatar} isGroup={chat.kind !== "direct"} />
      <span className={styles.body}>
        <span className={styles.top}>
          <span className={styles.title} translate="no" data-testid="chat-title">{title}</span>
          {chat.last_message_at !== null && (
            <Time className={styles.time} at={chat.last_message_at}>
              {formatListTime(chat.last_message_at)}
            </Time>
          )}
        </span>
        <span className={styles.bottom}>
          <OwnTick chat={chat} />
          <Preview chatId={chat.id} text={chat.last_message_preview ?? "No messages yet"} />
          <Marks chat={chat} />
          {hasUnread && <UnreadBadge count={chat.unread_count} />}
        </span>
        {account !== undefined && <span className={classes(styles.account, `hue-${account.id % 8}`)} translate="no">{nameAccount(account)}</span>}
      </span>
    </Link>
  );
}

function OwnTick({ chat }: { readonly chat: Chat }) {
  if (chat.last_message_direction !== "out" || chat.last_message_status === null) return null;
  return <Tick status={chat.last_message_status} />;
}

/** The end of muting, if it is still to come. */
export const isMuted = (chat: Chat, now = Date.now()): boolean =>
  chat.muted_until !== null && new Date(chat.muted_until).getTime() > now;

function Marks({ chat }: { readonly chat: Chat }) {
  return (
    <>
      {isMuted(chat) && <Mark icon="mute" label="Muted" />}
      {chat.pinned && <Mark icon="pin" label="Pinned" />}
    </>
  );
}

function Mark({ icon, label }: { readonly icon: IconName; readonly label: string }) {
  return (
    <span className={styles.mark} role="img" aria-label={label} title={label}>
      <Icon name={icon} size={16} />
    </span>
  );
}

function UnreadBadge({ count }: { readonly count: number }) {
  return (
    <span className={styles.badge} data-testid="chat-unread">
      <Exact>{count > MAX_BADGE ? `${MAX_BADGE}+` : count}</Exact>
      <span className="visually-hidden"> unread</span>
    </span>
  );
}
