/** Starts a chat with a phone number: from which account, to whom, and the first message. */
import { useMutation } from "@tanstack/react-query";
import { useId, useState, type SyntheticEvent } from "react";
import { useNavigate } from "@/lib/navigation";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Notice } from "@/components/Notice";
import { Select } from "@/components/Select";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import { nameAccount, useAccounts } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { fieldProblem } from "@/lib/api/fieldProblem";
import { makeClientId } from "@/lib/ids";
import { describeStop, stopOf, useStop } from "@/lib/newChats";
import { PHONE_EXAMPLE, readPhone } from "@/lib/phone";
import { formatPhone, usePhoneFormat } from "@/lib/phoneFormat";
import { isBlank } from "@/lib/texts";
import type { Account } from "@/types/wire";
import { useInbox } from "@/features/inbox/context";
import fieldStyles from "@/components/field.module.css";
import styles from "./new-chat.module.css";

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
      navigate(`/inbox/${chat.account_id}/${chat.id}`);
    },
  });
}

interface NewChatDialogProps {
  readonly accounts: readonly Account[];
  readonly selected: number | null;
  /** The initial phone number. */
  readonly to: string;
  readonly onClose: () => void;
}

/** The given number is grouped until the user types. */
function usePhoneField(given: string) {
  usePhoneFormat();
  const [typed, setTyped] = useState<string | null>(null);
  return [typed ?? formatPhone(given), setTyped] as const;
}

export function NewChatDialog({ accounts, selected, to: given, onClose }: NewChatDialogProps) {
  const [accountId, setAccountId] = useState(selected ?? accounts[0]?.id ?? 0);
  const [to, setTo] = usePhoneField(given);
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const start = useStart(accountId, onClose);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const phone = readPhone(to);
    setWrong(phone === null ? t("chats.new.invalidPhone", { example: PHONE_EXAMPLE }) : null);
    if (phone !== null) start.mutate({ to: phone, text: text.trim() });
  };
  const rejected = fieldProblem(start.error, "to");
  const phoneError = wrong ?? rejected;
  return (
    <Dialog title={t("chats.new")} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        {accounts.length > 1 && <From accounts={accounts} value={accountId} onChange={setAccountId} />}
        <div>
          <TextField label={t("chats.new.phone")} type="tel" autoComplete="off" placeholder={PHONE_EXAMPLE} value={to} aria-invalid={phoneError !== null} onChange={(event) => setTo(event.target.value)} data-testid="new-chat-phone" />
          {phoneError !== null && <span className={fieldStyles.error} role="alert">{phoneError}</span>}
        </div>
        <FirstMessageField value={text} onChange={setText} />
        <Obstacle accountId={accountId} accounts={accounts} error={rejected === null ? start.error : null} />
        <DialogButtons>
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button type="submit" tone="primary" isBusy={start.isPending} disabled={isBlank(to) || isBlank(text)} data-testid="new-chat-send">
            {t("chats.new.send")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

interface ObstacleProps {
  readonly accountId: number;
  readonly accounts: readonly Account[];
  readonly error: Error | null;
}

/** Why this number starts no new chats, or what went wrong. A number that is stopped still writes in chats that exist. */
function Obstacle({ accountId, accounts, error }: ObstacleProps) {
  const newest = useAccounts().data?.find(({ id }) => id === accountId);
  const known = useStop(newest ?? accounts.find(({ id }) => id === accountId));
  const stop = stopOf(error) ?? known;
  if (error !== null && stopOf(error) === null) return <Notice tone="bad">{describeError(error)}</Notice>;
  if (stop === null) return null;
  return (
    <div role="status" data-testid="new-chat-stopped">
      <Notice tone="warn">{describeStop(stop)}</Notice>
    </div>
  );
}

function FirstMessageField({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }) {
  const id = useId();
  return (
    <div className={fieldStyles.field}>
      <label htmlFor={id}>{t("chats.new.text")}</label>
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
  return (
    <Select label={t("chats.new.from")} value={value} onChange={(event) => onChange(Number(event.target.value))}>
      {accounts.map((account) => (
        <option key={account.id} value={account.id}>
          {nameAccount(account)}
        </option>
      ))}
    </Select>
  );
}
