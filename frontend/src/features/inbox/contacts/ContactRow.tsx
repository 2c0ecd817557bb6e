/** One contact in the list: who it is, their labels, and over which number. */
import { Link } from "@/lib/navigation";
import { Exact } from "@/components/Text";
import { classes } from "@/components/classes";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { LabelChip } from "@/features/inbox/labels/LabelChip";
import { useLabelList } from "@/features/inbox/labels/labelQueries";
import { nameAccount, useAccounts } from "@/lib/accounts";
import type { ContactRecord } from "@/types/wire";
import { describeContact, nameContact } from "./nameContact";
import styles from "./contacts.module.css";

const AT_MOST = 2;

interface ContactRowProps {
  readonly contact: ContactRecord;
  readonly search: string;
  readonly isOpen: boolean;
}

export function ContactRow({ contact, search, isOpen }: ContactRowProps) {
  const name = nameContact(contact);
  const accounts = useAccounts().data ?? [];
  const account = accounts.length > 1 ? accounts.find(({ id }) => id === contact.account_id) : undefined;
  const labels = (useLabelList().data ?? []).filter(({ id }) => contact.labels.includes(id)).slice(0, AT_MOST);
  return (
    <li>
      <Link className={classes(styles.row, isOpen && styles.current)} to={`/contacts/${contact.account_id}/${contact.id}${search}`} aria-current={isOpen || undefined} data-testid="contact-row">
        <ContactAvatar accountId={contact.account_id} name={name} avatar={contact.avatar} />
        <span className={styles.words}>
          <span className={styles.name} dir="auto"><Exact>{name}</Exact></span>
          <span className={styles.quiet} dir="auto"><Exact>{describeContact(contact)}</Exact></span>
        </span>
        <span className={styles.side}>
          {labels.map((label) => <LabelChip key={label.id} label={label} />)}
          {account !== undefined && <span className={styles.quiet}><Exact>{nameAccount(account)}</Exact></span>}
        </span>
      </Link>
    </li>
  );
}
