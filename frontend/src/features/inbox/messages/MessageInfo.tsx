/** Details of one message: when it was sent, delivered and read, and what it said before it was edited. */
import { Dialog } from "@/components/Dialog";
import { Time } from "@/components/Text";
import { t } from "@/i18n/translate";
import { formatExact } from "@/lib/time";
import { knownAuthor, type Bubble } from "@/features/inbox/thread/list/bubbles";
import { describeAuthor } from "./author";
import { parseMessage } from "./parseMessage";
import { stepsOf } from "./steps";
import { shownOf } from "./tokens";
import styles from "./message-info.module.css";

interface MessageInfoProps {
  readonly bubble: Bubble;
  readonly onClose: () => void;
}

export function MessageInfo({ bubble, onClose }: MessageInfoProps) {
  const { message } = bubble;
  const author = message === null ? null : knownAuthor(message);
  return (
    <Dialog title={t("messages.info.title")} onClose={onClose}>
      <dl className={styles.steps} data-testid="message-info">
        {stepsOf(bubble).map(({ name, at }) => (
          <div key={name} className={styles.step}>
            <dt>{name}</dt>
            <dd>
              <Time at={at}>{formatExact(at)}</Time>
            </dd>
          </div>
        ))}
      </dl>
      {author !== null && (
        <p className={styles.note} data-testid="message-info-author">
          {describeAuthor(author)}
        </p>
      )}
      {message !== null && message.earlier_texts.length > 0 && <Earlier message={message} />}
    </Dialog>
  );
}

/** The newest first. */
function Earlier({ message }: { readonly message: NonNullable<Bubble["message"]> }) {
  return (
    <section>
      <h3 className={styles.heading}>{t("messages.info.earlier")}</h3>
      <ol className={styles.texts}>
        {message.earlier_texts.toReversed().map(({ text, until }, index) => (
          <li key={index} data-testid="message-earlier">
            <p className={styles.text} dir="auto">{shownOf(parseMessage(text, message.mentions))}</p>
            {until !== null && <p className={styles.note}>{t("messages.info.until", { time: formatExact(until) })}</p>}
          </li>
        ))}
      </ol>
    </section>
  );
}
