/** Above the composer: what a colleague wrote or did before a message was sent, and what can be done with it. */
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { firstShown, isolate } from "@/lib/texts";
import { useInbox } from "@/features/inbox/context";
import { nameAuthor } from "@/features/inbox/messages/author";
import type { HeldBy } from "@/features/inbox/data/pending";
import { describeActivity } from "@/features/inbox/status/activityText";
import { knownAuthor, messagesOf } from "./list/bubbles";
import type { Held } from "./held";
import { shownBody } from "./bubble/mentions";
import { useThread } from "./threadContext";
import styles from "./held.module.css";

/** The newest ones; the thread has them all. */
const SHOWN = 3;

export function HeldNotice({ held }: { readonly held: Held }) {
  const { entries, release, takeBack } = held;
  const by = entries[0]?.held;
  if (by === null || by === undefined) return null;
  return (
    <section className={styles.held} aria-label={t("composer.held.label")} data-testid="held">
      <div role="alert">
        <Reasons by={by} />
      </div>
      <div className={styles.actions}>
        <Button size="small" tone="primary" aria-keyshortcuts="Enter" onClick={release} data-testid="held-send">
          {t("composer.held.send")}
        </Button>
        <Button size="small" aria-keyshortcuts="Escape" onClick={takeBack} data-testid="held-edit">
          {t("composer.held.edit")}
        </Button>
      </div>
    </section>
  );
}

function headline({ messages }: HeldBy): string | null {
  const author = messages[0]?.author ?? null;
  if (messages.length === 0) return null;
  if (author?.kind === "phone") return t("composer.held.phone");
  const name = author === null ? null : firstShown(nameAuthor(author));
  return name === null ? t("composer.held.colleague") : t("composer.held.answered", { name: isolate(name) });
}

function Reasons({ by }: { readonly by: HeldBy }) {
  const { userId } = useInbox();
  const title = headline(by);
  return (
    <>
      {title !== null && (
        <p className={styles.title}>
          <Icon name="alert" size={16} />
          <Text>{title}</Text>
        </p>
      )}
      {by.activities.slice(-SHOWN).map((activity) => (
        <p key={activity.id} className={title === null ? styles.title : styles.line}>
          <Text>{describeActivity(activity, userId)}</Text>
        </p>
      ))}
      <Answers by={by} />
    </>
  );
}

/** Their texts, as far as they are loaded: an erased message has none. */
function Answers({ by }: { readonly by: HeldBy }) {
  const { messages } = useThread();
  const ids = new Set(by.messages.map(({ id }) => id));
  const rows = messages.bubbles?.flatMap(messagesOf).filter(({ id }) => ids.has(id)) ?? [];
  return (
    <>
      {rows.slice(-SHOWN).map((message) => {
        const author = knownAuthor(message);
        return (
          <p key={message.id} className={styles.line} data-testid="held-by">
            {author !== null && <b>{nameAuthor(author)}</b>}
            <span dir="auto">{firstShown(shownBody(message)) ?? t("messages.quote.attachment")}</span>
          </p>
        );
      })}
    </>
  );
}
