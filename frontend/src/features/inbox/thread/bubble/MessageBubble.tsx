/** One message as a bubble, or one system event as a centred line. */
import { memo, useRef, useState, type ReactNode, type RefObject } from "react";
import { hueOf } from "@/components/Avatar";
import { classes } from "@/components/classes";
import { Icon, type IconName } from "@/components/Icon";
import { Text, Time } from "@/components/Text";
import { t } from "@/i18n/translate";
import { formatPhone, formatPhoneOrNull, usePhoneFormat } from "@/lib/phoneFormat";
import { isBlank } from "@/lib/texts";
import { formatClock } from "@/lib/time";
import type { Author } from "@/types/wire";
import { Album } from "@/features/inbox/attachments/Album";
import { Attachments } from "@/features/inbox/attachments/Attachments";
import { isShownPicture } from "@/features/inbox/attachments/attachments";
import { PendingUpload } from "@/features/inbox/attachments/PendingFiles";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { iconOfAuthor, nameAuthor } from "@/features/inbox/messages/author";
import { MessageInfo } from "@/features/inbox/messages/MessageInfo";
import { MessageMeta, metaWidth } from "@/features/inbox/messages/MessageMeta";
import { MessageText } from "@/features/inbox/messages/MessageText";
import { placeMeta } from "@/features/inbox/messages/metaPlace";
import { parseMessage } from "@/features/inbox/messages/parseMessage";
import type { Bubble } from "@/features/inbox/thread/list/bubbles";
import { useLongPress } from "./longPress";
import { MessageMenu, offers } from "./MessageMenu";
import { Quote } from "./Quote";
import { Reactions } from "./Reactions";
import { SendProblem } from "@/features/inbox/thread/SendProblem";
import styles from "./message.module.css";

interface MessageBubbleProps {
  readonly bubble: Bubble;
  readonly isContinued: boolean;
  readonly hasName: boolean;
  /** Only one menu of the thread is a tab stop: the arrow keys lead to the others. */
  readonly isStop: boolean;
}

export const MessageBubble = memo(function MessageBubble(props: MessageBubbleProps) {
  const { bubble, isContinued, hasName, isStop } = props;
  usePhoneFormat();
  return (
    <div className={classes(styles.message, isContinued && styles.tight)} data-testid="message" data-message-id={bubble.message?.id}>
      {bubble.isEvent ? <EventLine bubble={bubble} /> : <BubbleRow bubble={bubble} isInGroup={hasName} isTight={isContinued} isStop={isStop} />}
    </div>
  );
});

/** Missed calls; every other event has a sentence of its own. */
const CALLS: Readonly<Record<number, IconName>> = { 8: "phone", 9: "video" };

function EventLine({ bubble }: { readonly bubble: Bubble }) {
  const icon = CALLS[bubble.message?.event_type ?? 0];
  return (
    <p className={styles.event} data-testid="message-event">
      {icon !== undefined && <Icon name={icon} size={14} />}
      <bdi>{bubble.body || t("messages.event.unknown")}</bdi>
      {icon !== undefined && <Time at={bubble.sentAt}>{formatClock(bubble.sentAt)}</Time>}
    </p>
  );
}

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
  const { direction, status } = bubble;
  const named = isInGroup && !isTight && direction === "in" ? bubble.sender : null;
  const button = useRef<HTMLButtonElement>(null);
  const press = useLongPress(() => button.current?.click());
  const [isInfoOpen, setInfoOpen] = useState(false);
  const openInfo = () => setInfoOpen(true);
  return (
    <div className={classes(styles.row, SIDES[direction].row, isInGroup && styles.rowGroup)}>
      {named !== null && <Writer bubble={bubble} />}
      <article
        className={classes(styles.bubble, SIDES[direction].bubble, isTight && styles.bubbleTight, lookOf(bubble))}
        aria-label={nameWriter(bubble)}
        data-testid="message-bubble"
        data-direction={direction}
        data-status={status}
        {...press}
      >
        <Name sender={named} author={isTight ? null : bubble.author} />
        <Content bubble={bubble} onHistory={hasHistory(bubble) ? openInfo : null} />
        <Reactions bubble={bubble} />
        <MenuOpener bubble={bubble} button={button} isStop={isStop} onInfo={openInfo} />
      </article>
      <SendProblem bubble={bubble} />
      {isInfoOpen && <MessageInfo bubble={bubble} onClose={() => setInfoOpen(false)} />}
    </div>
  );
}

function nameWriter({ direction, sender, author }: Bubble): string {
  if (direction === "out") return author === null ? t("messages.bubble.own") : nameAuthor(author);
  return formatPhoneOrNull(sender?.name) ?? t("messages.bubble.contact");
}

const hasHistory = ({ message }: Bubble): boolean => message !== null && message.earlier_texts.length > 0;

/** Pictures reach to the edge of their bubble; a sticker has none. */
function lookOf({ attachments, isDeleted, body }: Bubble): string | false | undefined {
  if (isDeleted || attachments.length === 0) return false;
  if (attachments.every((item) => item.sticker && item.state === "stored") && isBlank(body)) return styles.bubbleSticker;
  return attachments.every(isShownPicture) && styles.bubblePicture;
}

function Name({ sender, author }: Pick<Bubble, "sender" | "author">) {
  if (sender !== null) return <SenderName sender={sender} />;
  return author !== null && <AuthorName author={author} />;
}

function SenderName({ sender }: { readonly sender: NonNullable<Bubble["sender"]> }) {
  return (
    <p className={classes(styles.bubbleName, `hue-${hueOf(sender.id)}`)} translate="no" data-testid="message-sender">
      <bdi>{formatPhone(sender.name)}</bdi>
    </p>
  );
}

/** Who of the team, which program, or that it was the phone. */
function AuthorName({ author }: { readonly author: Author }) {
  const icon = iconOfAuthor(author);
  return (
    <p className={styles.bubbleAuthor} data-testid={author.kind === "phone" ? "message-from-phone" : "message-author"}>
      {icon !== null && <Icon name={icon} size={13} />}
      <bdi translate={author.kind === "user" || author.kind === "api_key" ? "no" : undefined}>{nameAuthor(author)}</bdi>
    </p>
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

interface MenuOpenerProps {
  readonly bubble: Bubble;
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly isStop: boolean;
  readonly onInfo: () => void;
}

function MenuOpener({ bubble, button, isStop, onInfo }: MenuOpenerProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const { message } = bubble;
  if (message === null || bubble.isDeleted || !offers(message)) return null;
  return (
    <>
      <button
        ref={button}
        type="button"
        className={styles.bubbleMenu}
        aria-label={t("messages.menu.open")}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        tabIndex={isStop ? 0 : -1}
        onClick={(event) => setAnchor(anchor === null ? event.currentTarget : null)}
        data-testid="message-menu"
      >
        <Icon name="chevron" size={16} />
      </button>
      {anchor !== null && <MessageMenu message={message} anchor={anchor} onInfo={onInfo} onClose={() => setAnchor(null)} />}
    </>
  );
}

/** Polls, orders, view-once media: UniPile reports that they exist, but not their content. */
const isUnsupported = ({ message, body, attachments }: Bubble): boolean => message !== null && isBlank(body) && attachments.length === 0;

interface ContentProps {
  readonly bubble: Bubble;
  readonly onHistory: (() => void) | null;
}

function Content({ bubble, onHistory }: ContentProps) {
  if (bubble.isDeleted) {
    const text = bubble.direction === "out" ? t("messages.deleted.own") : t("messages.deleted");
    return <Placeholder bubble={bubble} icon="trash" testId="message-deleted">{text}</Placeholder>;
  }
  if (isUnsupported(bubble)) {
    return <Placeholder bubble={bubble} icon="info" testId="message-unsupported">{t("messages.unsupported")}</Placeholder>;
  }
  return <MessageContent bubble={bubble} onHistory={onHistory} />;
}

interface PlaceholderProps {
  readonly bubble: Bubble;
  readonly icon: IconName;
  readonly testId: string;
  readonly children: string;
}

function Placeholder({ bubble, icon, testId, children }: PlaceholderProps) {
  return (
    <>
      <span className={styles.placeholder} data-testid={testId}>
        <Icon name={icon} size={15} />
        <Text>{children}</Text>
      </span>
      <MessageMeta bubble={bubble} place="below" onHistory={null} />
    </>
  );
}

/** As it was sent: with the ids of mentioned contacts. */
const textOf = ({ message, body }: Bubble) => (message === null ? { body, mentions: [] } : { body: message.body ?? "", mentions: message.mentions });

function MessageContent({ bubble, onHistory }: ContentProps) {
  const { body, mentions } = textOf(bubble);
  const blocks = parseMessage(body, mentions);
  const place = placeMeta(bubble, blocks);
  return (
    <>
      {bubble.isForwarded && <Forwarded>{t("messages.forwarded")}</Forwarded>}
      {bubble.quoted !== null && <Quote quoted={bubble.quoted} />}
      <Files bubble={bubble} />
      {!isBlank(body) && (
        <MessageText
          id={bubble.key}
          accountId={bubble.message?.account_id ?? null}
          body={body}
          blocks={blocks}
          spacer={place === "right" || place === "left" ? metaWidth(bubble) : null}
          mayBeLarge={!hasFiles(bubble)}
        />
      )}
      <MessageMeta bubble={bubble} place={place} onHistory={onHistory} />
    </>
  );
}

const hasFiles = ({ attachments, pending }: Bubble): boolean => attachments.length > 0 || pending?.files !== undefined;

function Files({ bubble }: { readonly bubble: Bubble }) {
  const { message, pending, attachments } = bubble;
  if (bubble.album !== undefined) return <Album messages={bubble.album} />;
  if (message !== null && attachments.length > 0) return <Attachments message={message} />;
  return pending?.files === undefined ? null : <PendingUpload pending={pending} />;
}

function Forwarded({ children }: { readonly children: ReactNode }) {
  return (
    <span className={styles.bubbleForwarded} data-testid="message-forwarded">
      <Icon name="forwarded" size={14} />
      <span>{children}</span>
    </span>
  );
}
