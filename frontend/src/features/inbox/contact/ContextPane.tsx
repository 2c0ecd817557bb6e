/** The details of the open chat: who it is with, what was shared, who is in it, and where else they write. */
import { useEffect, useRef } from "react";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import type { MessageId } from "@/i18n/ids";
import { useMappedCommand } from "@/lib/commands/useMappedCommand";
import { lazyPart } from "@/lib/lazyPart";
import type { Account, Chat, ChatKind } from "@/types/wire";
import { nameChat } from "@/features/inbox/chats/nameChat";
import type { Details } from "@/features/inbox/layout/usePanes";
import { ContactRecordSection } from "@/features/inbox/contacts/ContactRecordSection";
import { useContact, useFields } from "@/features/inbox/contacts/contactQueries";
import { LabelSection } from "@/features/inbox/labels/LabelSection";
import { useLabelList } from "@/features/inbox/labels/labelQueries";
import { useChat } from "@/features/inbox/queries";
import { ChatActions } from "./ChatActions";
import { ContactPrivacy } from "./ContactPrivacy";
import { Identity } from "./Identity";
import { Members } from "./Members";
import { RelatedChats } from "./RelatedChats";
import { Shared, SharedWaiting } from "./Shared";
import { useRelatedChats } from "./useRelatedChats";
import { useShared } from "./useShared";
import styles from "./context-pane.module.css";

const TargetSection = lazyPart(async () => (await import("@/features/inbox/targets/TargetMark")).TargetSection, { isExtra: true });

const TITLES = { direct: "contacts.direct", group: "contacts.group", channel: "contacts.channel" } as const satisfies Record<ChatKind, MessageId>;

interface ContextPaneProps {
  readonly account: Account;
  readonly chatId: number;
  readonly listed: Chat | undefined;
  readonly details: Details;
}

export function ContextPane({ account, chatId, listed, details }: ContextPaneProps) {
  const { chat } = useChat(account.id, chatId, listed);
  const box = useFocusWithin(details);
  return (
    <section ref={box} id="pane-context" className={styles.pane} aria-label={t("contacts.pane.details")} data-testid="chat-details">
      <header className={styles.head}>
        {details.place === "page" && <CloseButton details={details} icon="back" label={t("contacts.details.back")} />}
        <h2>{t(TITLES[chat?.kind ?? "direct"])}</h2>
        {details.place !== "page" && <CloseButton details={details} icon="close" label={t("contacts.details.hide")} />}
      </header>
      <div className={styles.body}>{chat !== undefined && <Parts account={account} chat={chat} />}</div>
    </section>
  );
}

interface CloseButtonProps {
  readonly details: Details;
  readonly icon: "back" | "close";
  readonly label: string;
}

function CloseButton({ details, icon, label }: CloseButtonProps) {
  return (
    <IconButton label={label} keys="D" onClick={details.close} data-testid="chat-details-close">
      <Icon name={icon} />
    </IconButton>
  );
}

function Parts({ account, chat }: { readonly account: Account; readonly chat: Chat }) {
  return (
    <>
      <Identity account={account} chat={chat} />
      <ChatActions account={account} chat={chat} />
      {chat.target !== null && <TargetSection target={chat.target} />}
      <LabelSection account={account} chat={chat} />
      <Sections key={chat.id} account={account} chat={chat} />
    </>
  );
}

/** All of them are shown together: a button below one that is still loading would move under the pointer. */
function Sections({ account, chat }: { readonly account: Account; readonly chat: Chat }) {
  const contact = chat.contact === null ? null : { account_id: chat.account_id, id: chat.contact.id };
  const loading = [useContact(contact), useFields(), useLabelList(), useShared(chat, "media"), useRelatedChats(chat)];
  if (loading.some(({ isLoading }) => isLoading)) return <SharedWaiting />;
  return (
    <>
      {contact !== null && <ContactRecordSection contact={contact} />}
      <Shared chat={chat} />
      {chat.kind === "group" && <Members account={account} chat={chat} />}
      {chat.kind === "direct" && <RelatedChats chat={chat} />}
      {chat.kind === "direct" && contact !== null && (
        <ContactPrivacy accountId={contact.account_id} contactId={contact.id} name={nameChat(chat)} />
      )}
    </>
  );
}

/** Over the thread the details take the focus and Escape, and give the focus back; beside it they leave it alone. */
function useFocusWithin({ place, close }: Details) {
  const box = useRef<HTMLElement>(null);
  const isOver = place !== "beside";
  useMappedCommand("chat.close", close, { isEnabled: isOver });
  useEffect(() => {
    if (!isOver) return undefined;
    box.current?.querySelector("button")?.focus();
    return () => document.querySelector<HTMLElement>("[data-testid=chat-details-open]")?.focus();
  }, [isOver]);
  return box;
}
