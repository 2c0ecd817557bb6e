/** One message as a bubble, or one system event as a centred line. */
import { memo } from "react";
import { hueOf } from "@/components/Avatar";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { formatClock, formatDay, formatExact } from "@/lib/time";
import type { Bubble } from "./bubbles";
import { useInbox } from "./context";
import { linkify } from "./linkify";
import { Tick } from "./Tick";

interface MessageBubbleProps {
  readonly bubble: Bubble;
  readonly isDayStart: boolean;
  readonly isContinued: boolean;
  readonly hasName: boolean;
}

export const MessageBubble = memo(function MessageBubble({ bubble, isDayStart, isContinued, hasName }: MessageBubbleProps) {
  const isTight = isContinued && !isDayStart;
  return (
    <div className={`message ${isTight ? "message-tight" : ""}`}>
      {isDayStart && (
        <p className="day">
          <time dateTime={bubble.sentAt}>{formatDay(bubble.sentAt)}</time>
        </p>
      )}
      {bubble.isEvent ? (
        <p className="event">{bubble.body || "The chat was changed"}</p>
      ) : (
        <Spoken bubble={bubble} hasName={hasName && !isTight} isTight={isTight} />
      )}
    </div>
  );
});

interface SpokenProps {
  readonly bubble: Bubble;
  readonly hasName: boolean;
  readonly isTight: boolean;
}

function Spoken({ bubble, hasName, isTight }: SpokenProps) {
  const { direction, status, sender } = bubble;
  return (
    <div className={`row row-${direction}`}>
      <article
        className={`bubble bubble-${direction} ${isTight ? "bubble-tight" : ""}`}
        aria-label={direction === "out" ? "You" : (sender?.name ?? "Contact")}
        data-testid="message-bubble"
        data-direction={direction}
        data-status={status}
      >
        {hasName && sender !== null && <p className={`bubble-name hue-${hueOf(sender.id)}`}>{sender.name}</p>}
        <Content bubble={bubble} />
        <span className="bubble-meta">
          {bubble.isEdited && "edited "}
          <time dateTime={bubble.sentAt} title={formatExact(bubble.sentAt)}>
            {formatClock(bubble.sentAt)}
          </time>
          {direction === "out" && <Tick status={status} />}
        </span>
        <Reactions bubble={bubble} />
      </article>
      <Trouble bubble={bubble} />
    </div>
  );
}

function Content({ bubble }: { readonly bubble: Bubble }) {
  if (bubble.isDeleted) return <span className="bubble-deleted">This message was deleted</span>;
  return (
    <>
      {bubble.attachments.map((attachment, index) => (
        <span key={index} className="bubble-file">
          <Icon name="clip" size={16} />
          {attachment.name ?? attachment.type ?? "Attachment"}
        </span>
      ))}
      <span className="bubble-text" dir="auto">
        {linkify(bubble.body).map(({ text, href }, index) =>
          href === null ? (
            text
          ) : (
            <a key={index} href={href} target="_blank" rel="noreferrer noopener">
              {text}
            </a>
          ),
        )}
      </span>
    </>
  );
}

function Reactions({ bubble }: { readonly bubble: Bubble }) {
  if (bubble.reactions.length === 0) return null;
  return <span className="bubble-reactions">{bubble.reactions.map(({ value }) => value).join("")}</span>;
}

const REASONS: Readonly<Partial<Record<Bubble["status"], string>>> = {
  failed: "Not sent.",
  unconfirmed: "WhatsApp has not confirmed this message. It may have arrived.",
};

/** What went wrong, and what can be done about it. */
function Trouble({ bubble }: { readonly bubble: Bubble }) {
  const { store } = useInbox();
  const reason = REASONS[bubble.status];
  if (reason === undefined) return null;
  const { pending } = bubble;
  return (
    <div className={`trouble trouble-${bubble.status}`} role="alert">
      <span>{bubble.error === null ? reason : `${reason} ${bubble.error}`}</span>
      {pending !== null && (
        <>
          <Button size="small" tone="quiet" onClick={() => void store.retry(pending.clientId)} data-testid="message-retry">
            Retry
          </Button>
          <Button size="small" tone="quiet" onClick={() => store.discard(pending.clientId)} data-testid="message-discard">
            Discard
          </Button>
        </>
      )}
    </div>
  );
}
