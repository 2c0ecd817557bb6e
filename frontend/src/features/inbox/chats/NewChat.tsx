/** Starts a chat with a phone number. */
import { useMutation } from "@tanstack/react-query";
import { useId, useState, type SyntheticEvent } from "react";
import { useNavigate } from "react-router";
import { Button, IconButton } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Icon } from "@/components/Icon";
import { Notice } from "@/components/Notice";
import { TextField } from "@/components/TextField";
import { nameAccount } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError, fieldProblem } from "@/lib/api/errors";
import { makeClientId } from "@/lib/ids";
import { PHONE_EXAMPLE, INVALID_PHONE, readPhone } from "@/lib/phone";
import { useCan } from "@/lib/rights";
import { isBlank } from "@/lib/texts";
import type { Account } from "@/types/wire";
import { useInbox } from "@/features/inbox/context";
import fieldStyles from "@/components/field.module.css";
import dialogStyles from "@/components/dialog.module.css";
import styles from "./new-chat.module.css";

interface NewChatProps {
  readonly accounts: readonly Account[];
  readonly selected: number | null;
}

export function NewChat({ accounts, selected }: NewChatProps) {
  const [isOpen, setOpen] = useState(false);
  const can = useCan();
  const own = accounts.filter((account) => can("send", account) && account.phone !== null);
  if (own.length === 0) return null;
  return (
    <>
      <IconButton label="New chat" onClick={() => setOpen(true)} data-testid="new-chat">
        <Icon name="plus" />
      </IconButton>
      {isOpen && <NewChatDialog accounts={own} selected={selected} to="" onClose={() => setOpen(false)} />}
    </>
  );
}

function useStart(accountId: number, onClose: () => void) {
  const api = useApi();
  const { store } = useInbox();
  const navigate = useNavigate();
  const [clientId] = useState(makeClientId);
  return useMutation({
    // The same client id for every retry: if the first request did arrive, it is not sent twice.
    mutationFn: ({ to, text }: { to: string; text: string }) => api.startChat(accountId, to, text, `${clientId}${to}`),
    onSuccess: ({ chat, message }) => {
      store.applyChat(chat);
      store.applyMessage(message);
      onClose();
      void navigate(`/inbox/${chat.account_id}/${chat.id}`);
    },
  });
}

interface DialogProps extends NewChatProps {
  /** The initial phone number. */
  readonly to: string;
  readonly onClose: () => void;
}

export function NewChatDialog({ accounts, selected, to: given, onClose }: DialogProps) {
  const [accountId, setAccountId] = useState(selected ?? accounts[0]?.id ?? 0);
  const [to, setTo] = useState(given);
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const start = useStart(accountId, onClose);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const phone = readPhone(to);
    setWrong(phone === null ? INVALID_PHONE : null);
    if (phone !== null) start.mutate({ to: phone, text: text.trim() });
  };
  const rejected = fieldProblem(start.error, "to");
  const phoneError = wrong ?? rejected;
  return (
    <Dialog title="New chat" onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        {accounts.length > 1 && <From accounts={accounts} value={accountId} onChange={setAccountId} />}
        <div>
          <TextField label="Phone number" type="tel" autoComplete="off" placeholder={PHONE_EXAMPLE} value={to} aria-invalid={phoneError !== null} onChange={(event) => setTo(event.target.value)} data-testid="new-chat-phone" />
          {phoneError !== null && <span className={fieldStyles.error} role="alert">{phoneError}</span>}
        </div>
        <FirstMessageField value={text} onChange={setText} />
        {start.error !== null && rejected === null && <Notice tone="bad">{describeError(start.error)}</Notice>}
        <div className={dialogStyles.actions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" tone="primary" isBusy={start.isPending} disabled={isBlank(to) || isBlank(text)} data-testid="new-chat-send">
            Send
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function FirstMessageField({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }) {
  const id = useId();
  return (
    <div className={fieldStyles.field}>
      <label htmlFor={id}>First message</label>
      <textarea id={id} rows={3} dir="auto" value={value} onChange={(event) => onChange(event.target.value)} data-testid="new-chat-text" />
    </div>
  );
}

interface FromProps {
  readonly accounts: readonly Account[];
  readonly value: number;
  readonly onChange: (accountId: number) => void;
}

function From({ accounts, value, onChange }: FromProps) {
  const id = useId();
  return (
    <div className={fieldStyles.field}>
      <label htmlFor={id}>From</label>
      <select id={id} value={value} onChange={(event) => onChange(Number(event.target.value))}>
        {accounts.map((account) => (
          <option key={account.id} value={account.id}>
            {nameAccount(account)}
          </option>
        ))}
      </select>
    </div>
  );
}
