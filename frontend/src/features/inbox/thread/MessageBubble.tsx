/** One message as a bubble, or one system event as a centred line. */
import { memo, useRef, useState, type RefObject } from "react";
import { hueOf } from "@/components/Avatar";
import { Icon } from "@/components/Icon";
import { isBlank } from "@/lib/texts";
import { Text, Time } from "@/components/Text";
import { formatClock, formatDay, formatExact } from "@/lib/time";
import { Attachments } from "@/features/inbox/attachments/Attachments";
import type { Bubble } from "./bubbles";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { linkify } from "./linkify";
import { useLongPress } from "./longPress";
import { MessageMenu, offers } from "./MessageMenu";
import { PendingFiles } from "@/features/inbox/attachments/PendingFiles";
import { Quote } from "./Quote";
import { Reactions } from "./Reactions";
import { useThreadActions } from "./threadContext";
import { Tick } from "./Tick";
import { SendProblem } from "./SendProblem";
import { classes } from "@/components/classes";
import styles from "./message.module.css";

interface MessageBubbleProps {
  readonly bubble: Bubble;
  readonly isDayStart: boolean;
  readonly isContinued: boolean;
  readonly hasName: boolean;
  /** Only one menu of the thread is a tab stop: the arrow keys lead to the others. */
  readonly isStop: boolean;
}

export const MessageBubble = memo(function MessageBubble(props: MessageBubbleProps) {
  const { bubble, isDayStart, isContinued, hasName, isStop } = props;
  const isTight = isContinued && !isDayStart;
  return (
    <div className={classes(styles.message, isTight && styles.tight)} data-testid="message" data-message-id={bubble.message?.id}>
      {isDayStart && (
        <p className={styles.day}>
          <Time at={bubble.orderedAt}>{formatDay(bubble.orderedAt)}</Time>
        </p>
      )}
      {bubble.isEvent ? (
        <p className={styles.event} data-testid="message-event">{bubble.body || "The chat was changed"}</p>
      ) : (
        <BubbleRow bubble={bubble} isInGroup={hasName} isTight={isTight} isStop={isStop} />
      )}
    </div>
  );
});

const SIDES = {
  in: { row: styles.rowIn, bubble: styles.bubbleIn },
  out: { row: styles.rowOut, bubble: styles.bubbleOut },
} as const;

interface BubbleRowProps {
  readonly bubble: Bubble;
  readonly isInGroup: boolean;
  readonly isTight: boolean;
  readonly isStop: boolean;
}

function BubbleRow({ bubble, isInGroup, isTight, isStop }: BubbleRowProps) {
  const { direction, status, sender } = bubble;
  const isNamed = isInGroup && !isTight;
  const button = useRef<HTMLButtonElement>(null);
  const press = useLongPress(() => button.current?.click());
  return (
    <div className={classes(styles.row, SIDES[direction].row, isInGroup && styles.rowGroup)}>
      {isNamed && <Writer bubble={bubble} />}
      <article
        className={classes(styles.bubble, SIDES[direction].bubble, isTight && styles.bubbleTight)}
        aria-label={direction === "out" ? "You" : (sender?.name ?? "Contact")}
        data-testid="message-bubble"
        data-direction={direction}
        data-status={status}
        {...press}
      >
        {isNamed && sender !== null && <p className={classes(styles.bubbleName, `hue-${hueOf(sender.id)}`)} translate="no" data-testid="message-sender">{sender.name}</p>}
        <Content bubble={bubble} />
        <Meta bubble={bubble} />
        <Reactions bubble={bubble} />
        <MenuOpener bubble={bubble} button={button} isStop={isStop} />
      </article>
      <SendProblem bubble={bubble} />
    </div>
  );
}

/** In groups: the sender's avatar beside their first message in a row. */
function Writer({ bubble }: { readonly bubble: Bubble }) {
  const { sender, message } = bubble;
  if (sender === null || message === null) return null;
  return (
    <span className={styles.rowAvatar} data-testid="message-avatar">
      <ContactAvatar accountId={message.account_id} name={sender.name} avatar={sender.avatar} size="small" />
    </span>
  );
}

function Meta({ bubble }: { readonly bubble: Bubble }) {
  return (
    <span className={styles.bubbleMeta}>
      {bubble.isEdited && !bubble.isDeleted && <span data-testid="message-edited">edited </span>}
      {bubble.scheduledAt !== null && <Text>{`will be sent at ${formatClock(bubble.scheduledAt)} · `}</Text>}
      <Time at={bubble.sentAt} title={formatExact(bubble.sentAt)}>
        {formatClock(bubble.sentAt)}
      </Time>
      {bubble.direction === "out" && !bubble.isDeleted && <Tick status={bubble.status} />}
    </span>
  );
}

interface MenuOpenerProps {
  readonly bubble: Bubble;
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly isStop: boolean;
}

function MenuOpener({ bubble, button, isStop }: MenuOpenerProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const { message } = bubble;
  const { canAct } = useThreadActions();
  if (message === null || bubble.isDeleted || !offers(message, canAct)) return null;
  return (
    <>
      <button
        ref={button}
        type="button"
        className={styles.bubbleMenu}
        aria-label="Message menu"
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        tabIndex={isStop ? 0 : -1}
        onClick={(event) => setAnchor(anchor === null ? event.currentTarget : null)}
        data-testid="message-menu"
      >
        <Icon name="chevron" size={16} />
      </button>
      {anchor !== null && <MessageMenu message={message} anchor={anchor} onClose={() => setAnchor(null)} />}
    </>
  );
}

/** Polls, orders, view-once media: UniPile reports that they exist, but not their content. */
const isUnsupported = ({ message, body, attachments }: Bubble): boolean => message !== null && isBlank(body) && attachments.length === 0;

function Content({ bubble }: { readonly bubble: Bubble }) {
  if (bubble.isDeleted) {
    return (
      <span className={styles.bubbleDeleted} data-testid="message-deleted">
        <Icon name="trash" size={15} />
        <Text>{bubble.direction === "out" ? "You deleted this message" : "This message was deleted"}</Text>
      </span>
    );
  }
  if (isUnsupported(bubble)) {
    return (
      <span className={styles.bubbleDeleted} data-testid="message-unsupported">
        <Icon name="info" size={15} />
        Unsupported message. Open WhatsApp on the phone to see it.
      </span>
    );
  }
  return <MessageContent bubble={bubble} />;
}

function MessageContent({ bubble }: { readonly bubble: Bubble }) {
  return (
    <>
      {bubble.isForwarded && (
        <span className={styles.bubbleForwarded} data-testid="message-forwarded">
          <Icon name="forward" size={14} />
          Forwarded
        </span>
      )}
      {bubble.quoted !== null && <Quote quoted={bubble.quoted} />}
      {bubble.message !== null && bubble.attachments.length > 0 && <Attachments message={bubble.message} />}
      {bubble.pending?.files !== undefined && <PendingFiles files={bubble.pending.files} share={bubble.pending.share ?? 0} />}
      <BodyText body={bubble.body} />
    </>
  );
}

/** Keyed by its text: a page translator replaces the text with its own elements, which an edit has to replace. */
function BodyText({ body }: { readonly body: string }) {
  return (
    <span key={body} className={styles.bubbleText} dir="auto" data-testid="message-text">
      {linkify(body).map(({ text, href }, index) =>
        href === null ? (
          <Text key={index}>{text}</Text>
        ) : (
          <a key={index} href={href} target="_blank" rel="noreferrer noopener">
            {text}
          </a>
        ),
      )}
    </span>
  );
}
