/** Contacts found by a search: each leads to their chat, or to a first message. */
import { useState } from "react";
import { Link, useLocation } from "@/lib/navigation";
import { t } from "@/i18n/translate";
import { nameAccount } from "@/lib/accounts";
import { readPhone } from "@/lib/phone";
import { formatPhoneOrNull } from "@/lib/phoneFormat";
import { useCan } from "@/lib/rights";
import { firstShown } from "@/lib/texts";
import type { Account, FoundContact } from "@/types/wire";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { NewChatDialog } from "@/features/inbox/chats/NewChat";
import { highlightName } from "./highlight";
import { Marked } from "./Marked";
import { useSearch } from "./searchContext";
import chatRowStyles from "@/features/inbox/chats/chat-row.module.css";
import styles from "./search.module.css";

interface FoundContactsProps {
  readonly people: readonly FoundContact[];
  readonly accounts: readonly Account[];
}

interface Start {
  readonly account: Account;
  readonly to: string;
}

export function FoundContacts({ people, accounts }: FoundContactsProps) {
  const [start, setStart] = useState<Start | null>(null);
  const accountOf = (contact: FoundContact) => accounts.find(({ id }) => id === contact.account_id);
  return (
    <>
      {people.map((contact) => (
        <FoundContactRow
          key={contact.id}
          contact={contact}
          account={accountOf(contact)}
          isPhoneShown={accounts.length > 1}
          onStart={setStart}
        />
      ))}
      {start !== null && (
        <NewChatDialog accounts={[start.account]} selected={start.account.id} to={start.to} onClose={() => setStart(null)} />
      )}
    </>
  );
}

interface FoundContactRowProps {
  readonly contact: FoundContact;
  readonly account: Account | undefined;
  /** With several accounts, each contact shows the account it belongs to. */
  readonly isPhoneShown: boolean;
  readonly onStart: (start: Start) => void;
}

function FoundContactRow({ contact, account, isPhoneShown, onStart }: FoundContactRowProps) {
  const { search } = useLocation();
  const can = useCan();
  const text = <FoundContactText contact={contact} account={isPhoneShown ? account : undefined} />;
  if (contact.chat_id !== null) {
    return (
      <Link className={styles.foundPerson} to={`/inbox/${contact.account_id}/${contact.chat_id}${search}`} data-testid="search-person">
        {text}
      </Link>
    );
  }
  const { phone } = contact;
  if (phone === null || account === undefined || !can("send", account) || readPhone(phone) === null) {
    return (
      <div className={styles.foundPerson} data-testid="search-person">
        {text}
      </div>
    );
  }
  return (
    <button type="button" className={styles.foundPerson} onClick={() => onStart({ account, to: phone })} data-testid="search-person">
      {text}
      <span className={styles.foundStart}>{t("search.startChat")}</span>
    </button>
  );
}

function FoundContactText({ contact, account }: { readonly contact: FoundContact; readonly account: Account | undefined }) {
  const { wanted } = useSearch();
  const phone = formatPhoneOrNull(contact.phone);
  const name = firstShown(contact.name, phone) ?? t("search.unknown");
  const details = [contact.name === null ? null : phone, account === undefined ? null : nameAccount(account)].filter((part) => part !== null).join(" · ");
  return (
    <>
      <ContactAvatar accountId={contact.account_id} name={name} avatar={contact.avatar} />
      <span className={styles.foundWords}>
        <span className={chatRowStyles.title} dir="auto" translate="no" data-testid="chat-title">
          <Marked parts={highlightName(name, wanted.text)} />
        </span>
        <span className={styles.foundDetail}>
          <Marked parts={highlightName(details || t("search.metInGroup"), phone === null ? "" : wanted.text)} />
        </span>
      </span>
    </>
  );
}
