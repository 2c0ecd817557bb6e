/** Contact cards with names and phone numbers, each with a button to start a chat. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import { useAccounts } from "@/lib/accounts";
import { readPhone } from "@/lib/phone";
import { formatPhone, formatPhoneOrNull } from "@/lib/phoneFormat";
import { firstShown, isolate } from "@/lib/texts";
import type { CardContact, Message } from "@/types/wire";
import { NewChatDialog } from "@/features/inbox/chats/NewChat";
import { useThreadActions } from "@/features/inbox/thread/threadContext";
import { classes } from "@/components/classes";
import styles from "./attachments.module.css";

interface ContactCardsProps {
  readonly message: Message;
  readonly contacts: readonly CardContact[];
}

export function ContactCards({ message, contacts }: ContactCardsProps) {
  const [to, setTo] = useState<string | null>(null);
  const { canAct } = useThreadActions();
  const account = useAccounts().data?.find((row) => row.id === message.account_id);
  const canStart = canAct && account !== undefined;
  return (
    <>
      {contacts.map((contact, index) => (
        <Card key={index} contact={contact} onStart={canStart ? setTo : null} />
      ))}
      {to !== null && account !== undefined && (
        <NewChatDialog accounts={[account]} selected={account.id} to={to} onClose={() => setTo(null)} />
      )}
    </>
  );
}

interface CardProps {
  readonly contact: CardContact;
  readonly onStart: ((to: string) => void) | null;
}

function Card({ contact, onStart }: CardProps) {
  const name = formatPhoneOrNull(firstShown(contact.name, contact.numbers[0])) ?? t("messages.card.contact");
  return (
    <div className={classes(styles.fileCard, styles.contactCard)} data-testid="attachment-contact">
      <span className={styles.fileIcon}>
        <Icon name="person" />
      </span>
      <span className={styles.fileWords}>
        <span className={styles.fileName} data-testid="file-name" dir="auto" translate="no">
          {name}
        </span>
        {contact.numbers.length === 0 && <span className={styles.fileNote}>{t("messages.card.noNumber")}</span>}
        {contact.numbers.map((number) => (
          <span key={number} className={styles.contactNumber}>
            <span translate="no" dir="ltr">{formatPhone(number)}</span>
            {onStart !== null && readPhone(number) !== null && (
              <Button size="small" aria-label={t("messages.card.startChatWith", { name: isolate(name), number })} onClick={() => onStart(number)} data-testid="contact-start-chat">
                {t("messages.card.startChat")}
              </Button>
            )}
          </span>
        ))}
      </span>
    </div>
  );
}
