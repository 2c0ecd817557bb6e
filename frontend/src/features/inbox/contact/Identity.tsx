/** Who the chat is with: picture, name and number, and over which of our numbers. */
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Exact } from "@/components/Text";
import { useToasts } from "@/components/Toast";
import { t } from "@/i18n/translate";
import { nameAccount } from "@/lib/accounts";
import { copyText } from "@/lib/clipboard";
import { formatPhone } from "@/lib/phoneFormat";
import { isolate } from "@/lib/texts";
import { formatExact } from "@/lib/time";
import type { Account, Chat } from "@/types/wire";
import { ALWAYS, isMuted } from "@/features/inbox/chats/actions/chatActions";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { nameChat } from "@/features/inbox/chats/nameChat";
import styles from "./context-pane.module.css";

export function Identity({ account, chat }: { readonly account: Account; readonly chat: Chat }) {
  const name = nameChat(chat);
  const isGroup = chat.kind !== "direct";
  return (
    <div className={styles.identity}>
      <ContactAvatar accountId={chat.account_id} name={name} avatar={chat.contact?.avatar} isGroup={isGroup} size="huge" />
      <p className={styles.name} dir="auto" translate="no">
        {name}
      </p>
      {!isGroup && <PhoneNumber phone={chat.contact?.phone ?? null} />}
      <p className={styles.quiet}>{t("contacts.related.via", { number: isolate(nameAccount(account)) })}</p>
      <Marks chat={chat} />
    </div>
  );
}

function PhoneNumber({ phone }: { readonly phone: string | null }) {
  const toasts = useToasts();
  if (phone === null) return <p className={styles.quiet}>{t("contacts.hiddenNumber")}</p>;
  const copy = () => {
    copyText(phone).then(
      () => toasts.show({ text: t("contacts.numberCopied") }),
      () => toasts.show({ text: t("contacts.copyFailed") }),
    );
  };
  return (
    <p className={styles.phone}>
      <Exact>{formatPhone(phone)}</Exact>
      <IconButton label={t("contacts.copyNumber")} className={styles.copy} onClick={copy} data-testid="copy-number">
        <Icon name="copy" size={16} />
      </IconButton>
    </p>
  );
}

function Marks({ chat }: { readonly chat: Chat }) {
  const marks = [chat.archived ? t("contacts.archived") : null, describeMute(chat)].filter((mark) => mark !== null);
  if (marks.length === 0) return null;
  return (
    <ul className={styles.marks}>
      {marks.map((mark) => (
        <li key={mark}>{mark}</li>
      ))}
    </ul>
  );
}

function describeMute(chat: Chat): string | null {
  if (!isMuted(chat) || chat.muted_until === null) return null;
  return chat.muted_until >= ALWAYS.slice(0, 4) ? t("contacts.muted") : t("contacts.mutedUntil", { time: formatExact(chat.muted_until) });
}
