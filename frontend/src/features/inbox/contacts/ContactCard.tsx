/** One contact beside the list: who it is, what the team records, and all chats with them. */
import { Link } from "@/lib/navigation";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { ErrorState, Loading, Skeleton } from "@/components/States";
import { Exact, Time } from "@/components/Text";
import panelStyles from "@/components/panels.module.css";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { ContactPrivacy } from "@/features/inbox/contact/ContactPrivacy";
import { t } from "@/i18n/translate";
import { nameAccount, useAccounts } from "@/lib/accounts";
import type { ContactRef } from "@/lib/api/contactRecords";
import { describeError } from "@/lib/api/errors";
import { formatPhone } from "@/lib/phoneFormat";
import { firstShown, isolate } from "@/lib/texts";
import { formatListTime } from "@/lib/time";
import type { Chat, ContactRecord } from "@/types/wire";
import { ContactRecordSection } from "./ContactRecordSection";
import { useContact, useContactChats } from "./contactQueries";
import { MergeSection } from "./MergeSection";
import { describeContact, nameContact } from "./nameContact";
import styles from "./contacts.module.css";

interface ContactCardProps {
  readonly contact: ContactRef;
  readonly onClose: () => void;
}

export function ContactCard({ contact: ref, onClose }: ContactCardProps) {
  const query = useContact(ref);
  return (
    <section className={styles.card} aria-label={t("records.contact")} data-testid="contact-card">
      <header className={styles.cardHead}>
        <IconButton label={t("records.close")} onClick={onClose} data-testid="contact-close"><Icon name="close" /></IconButton>
      </header>
      {query.data !== undefined ? (
        <Parts contact={query.data} />
      ) : query.isError ? (
        <ErrorState title={t("records.failed")} message={describeError(query.error)} onRetry={() => void query.refetch()} />
      ) : (
        <Loading label={t("records.loading")}><Skeleton className={panelStyles.skeleton} /></Loading>
      )}
    </section>
  );
}

function Parts({ contact }: { readonly contact: ContactRecord }) {
  const name = nameContact(contact);
  return (
    <>
      <div className={styles.identity}>
        <ContactAvatar accountId={contact.account_id} name={name} avatar={contact.avatar} size="huge" />
        <h2 dir="auto"><Exact>{name}</Exact></h2>
        <p className={styles.quiet}><Exact>{describeContact(contact)}</Exact></p>
        {contact.phone === null && <p className={styles.quiet}>{t("contacts.hiddenNumber")}</p>}
      </div>
      <ContactRecordSection contact={contact} />
      <MergeSection contact={contact} />
      <Chats contact={contact} />
      <ContactPrivacy accountId={contact.account_id} contactId={contact.id} name={name} />
    </>
  );
}

function Chats({ contact }: { readonly contact: ContactRecord }) {
  const chats = useContactChats(contact).data ?? [];
  return (
    <section className={styles.section} aria-label={t("records.chats")}>
      <h2>{t("records.chats")}</h2>
      {chats.length === 0 && <p className={styles.quiet}>{t("records.noChats")}</p>}
      <ul className={styles.chats}>{chats.map((chat) => <li key={chat.id}><ChatLink chat={chat} isOfSeveral={contact.merged.length > 0} /></li>)}</ul>
    </section>
  );
}

/** Of several contacts it names the phone number of the one it is with. */
function ChatLink({ chat, isOfSeveral }: { readonly chat: Chat; readonly isOfSeveral: boolean }) {
  const account = (useAccounts().data ?? []).find(({ id }) => id === chat.account_id);
  const preview = firstShown(chat.last_message_preview);
  return (
    <Link className={styles.row} to={`/inbox/${chat.account_id}/${chat.id}`} data-testid="contact-chat">
      <span className={styles.words}>
        <span>{t("contacts.related.via", { number: isolate(account === undefined ? "" : nameAccount(account)) })}</span>
        {isOfSeveral && chat.contact !== null && <span className={styles.quiet} dir="auto"><Exact>{chat.contact.phone === null ? (firstShown(chat.contact.name) ?? "") : formatPhone(chat.contact.phone)}</Exact></span>}
        {preview !== null && <span className={styles.quiet} dir="auto"><Exact>{preview}</Exact></span>}
      </span>
      {chat.last_message_at !== null && <Time className={styles.quiet} at={chat.last_message_at}>{formatListTime(chat.last_message_at)}</Time>}
    </Link>
  );
}
