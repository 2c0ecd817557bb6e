/** The quoted message in a line or two: in the reply's bubble, and above the composer. */
import { Icon } from "@/components/Icon";
import { CONTENT_ICONS, CONTENT_LABELS, describeMedia } from "@/features/inbox/messages/content";
import { t } from "@/i18n/translate";
import { formatPhoneOrNull } from "@/lib/phoneFormat";
import { firstShown } from "@/lib/texts";
import type { Quoted } from "@/types/wire";
import { plainText } from "@/features/inbox/messages/parseMessage";
import { useThreadActions } from "@/features/inbox/thread/threadContext";
import styles from "./quote.module.css";

export const nameQuoted = (quoted: Quoted): string => (quoted.direction === "out" ? t("messages.quote.own") : (formatPhoneOrNull(firstShown(quoted.name)) ?? t("messages.quote.contact")));

interface Words {
  readonly text: string;
  readonly label: string | null;
}

/** The text that was quoted; without one, what the message is. */
function describe({ body, content }: Quoted): Words {
  const text = firstShown(body);
  const kind = content?.kind ?? "text";
  const label = kind === "text" || kind === "deleted" ? null : t(CONTENT_LABELS[kind]);
  if (text !== null) return { text: plainText(text).trim(), label };
  if (kind === "deleted") return { text: t("chats.preview.deleted"), label };
  return content === null || kind === "text" ? { text: t("messages.quote.attachment"), label } : describeMedia(content, kind);
}

export function QuoteLines({ quoted }: { readonly quoted: Quoted }) {
  const { text, label } = describe(quoted);
  const icon = CONTENT_ICONS[quoted.content?.kind ?? "text"];
  return (
    <>
      <bdi className={styles.name} translate={quoted.direction === "out" ? undefined : "no"}>{nameQuoted(quoted)}</bdi>
      {label !== null && <span className="visually-hidden">{`${label}, `}</span>}
      <span className={styles.body} dir="auto">
        {icon !== undefined && (
          <span className={styles.icon}>
            <Icon name={icon} size={14} />
          </span>
        )}
        <span data-testid="quote-text">{text}</span>
      </span>
    </>
  );
}

/** A button that jumps to the message, if it is stored. */
export function Quote({ quoted }: { readonly quoted: Quoted }) {
  const { jumpTo } = useThreadActions();
  const id = quoted.message_id;
  if (id === null) {
    return (
      <div className={styles.quote} data-testid="message-quote">
        <QuoteLines quoted={quoted} />
      </div>
    );
  }
  return (
    <button type="button" className={styles.quote} onClick={() => jumpTo(id)} title={t("messages.quote.jump")} data-testid="message-quote">
      <QuoteLines quoted={quoted} />
    </button>
  );
}
