/** The chats with the same person over other numbers. */
import { Link, useLocation } from "@/lib/navigation";
import { Exact, Time } from "@/components/Text";
import { t } from "@/i18n/translate";
import { nameAccount, useAccounts } from "@/lib/accounts";
import { firstShown, isolate } from "@/lib/texts";
import { formatListTime } from "@/lib/time";
import type { Chat } from "@/types/wire";
import { useRelatedChats } from "./useRelatedChats";
import styles from "./context-pane.module.css";

export function RelatedChats({ chat }: { readonly chat: Chat }) {
  const accounts = useAccounts().data ?? [];
  const { data } = useRelatedChats(chat);
  if (data === undefined || data.length === 0) return null;
  return (
    <section className={styles.part} aria-label={t("contacts.related")}>
      <h2>{t("contacts.related")}</h2>
      <ul className={styles.people}>
        {data.map((other) => (
          <li key={other.id}>
            <RelatedChat chat={other} number={accounts.flatMap((account) => (account.id === other.account_id ? [nameAccount(account)] : []))[0] ?? ""} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function RelatedChat({ chat, number }: { readonly chat: Chat; readonly number: string }) {
  const { search } = useLocation();
  const preview = firstShown(chat.last_message_preview);
  return (
    <Link className={styles.related} to={`/inbox/${chat.account_id}/${chat.id}${search}`} data-testid="related-chat">
      <span className={styles.words}>
        <span>{t("contacts.related.via", { number: isolate(number) })}</span>
        {preview !== null && (
          <span className={styles.quiet} dir="auto">
            <Exact>{preview}</Exact>
          </span>
        )}
      </span>
      {chat.last_message_at !== null && (
        <Time className={styles.quiet} at={chat.last_message_at}>
          {formatListTime(chat.last_message_at)}
        </Time>
      )}
    </Link>
  );
}
