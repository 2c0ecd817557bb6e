/** A phone number in a text: a press offers to start a chat or to copy the number. */
import { useState } from "react";
import { MenuItem } from "@/components/Menu";
import { Popover } from "@/components/Popover";
import { t } from "@/i18n/translate";
import { useAccounts } from "@/lib/accounts";
import { NewChatDialog } from "@/features/inbox/chats/NewChat";
import { useThreadActions } from "@/features/inbox/thread/threadContext";
import styles from "./message-text.module.css";

interface PhoneLinkProps {
  readonly text: string;
  /** As the form for a new chat takes it. */
  readonly number: string;
  readonly accountId: number | null;
}

export function PhoneLink({ text, number, accountId }: PhoneLinkProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [isStarting, setStarting] = useState(false);
  return (
    <>
      <button
        type="button"
        className={styles.phone}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(anchor === null ? event.currentTarget : null)}
        translate="no"
        data-testid="message-phone"
      >
        <bdi>{text}</bdi>
      </button>
      {anchor !== null && <PhoneMenu number={number} accountId={accountId} anchor={anchor} onStart={() => setStarting(true)} onClose={() => setAnchor(null)} />}
      {isStarting && accountId !== null && <StartChat number={number} accountId={accountId} onClose={() => setStarting(false)} />}
    </>
  );
}

interface PhoneMenuProps {
  readonly number: string;
  readonly accountId: number | null;
  readonly anchor: HTMLElement;
  readonly onStart: () => void;
  readonly onClose: () => void;
}

function PhoneMenu({ number, accountId, anchor, onStart, onClose }: PhoneMenuProps) {
  const { canAct, copy } = useThreadActions();
  const choose = (action: () => void) => () => {
    onClose();
    action();
  };
  return (
    <Popover anchor={anchor} label={number} onClose={onClose}>
      {canAct && accountId !== null && (
        <MenuItem icon="chat" onSelect={choose(onStart)} testId="phone-start-chat">
          {t("messages.phone.startChat")}
        </MenuItem>
      )}
      <MenuItem icon="copy" onSelect={choose(() => copy(number))} testId="phone-copy">
        {t("messages.phone.copy")}
      </MenuItem>
    </Popover>
  );
}

function StartChat({ number, accountId, onClose }: { readonly number: string; readonly accountId: number; readonly onClose: () => void }) {
  const account = useAccounts().data?.find(({ id }) => id === accountId);
  if (account === undefined) return null;
  return <NewChatDialog accounts={[account]} selected={account.id} to={number} onClose={onClose} />;
}
