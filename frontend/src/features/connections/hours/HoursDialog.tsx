/** The office hours of a number, and what it answers by itself: read, edited and stored together. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Notice } from "@/components/Notice";
import { ErrorState, Loading, Skeleton } from "@/components/States";
import panelsStyles from "@/components/panels.module.css";
import { t } from "@/i18n/translate";
import { nameAccount } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import type { Account, AutoReplies, Hours, PutAutoReplies, PutHours } from "@/types/wire";
import { HoursFields } from "./HoursFields";
import { bodyOf, formOf, isComplete } from "./hoursForm";
import { ReplyField } from "./ReplyField";
import { isSendable, type ReplyForm } from "./replyForm";
import styles from "./hours.module.css";

interface HoursDialogProps {
  readonly account: Account;
  readonly onClose: () => void;
}

interface Stored {
  readonly hours: Hours | null;
  readonly replies: AutoReplies;
}

/** Read anew for each time they are edited. */
function useStored({ id }: Account) {
  const api = useApi();
  return useQuery({
    queryKey: ["hours-edited", id],
    queryFn: async ({ signal }): Promise<Stored> => {
      const [{ hours }, replies] = await Promise.all([api.fetchHours(id, signal), api.fetchAutoReplies(id, signal)]);
      return { hours, replies };
    },
    gcTime: 0,
    staleTime: Infinity,
  });
}

export function HoursDialog({ account, onClose }: HoursDialogProps) {
  const { data, error, refetch } = useStored(account);
  return (
    <Dialog title={t("hours.title")} variant="wide" onClose={onClose}>
      <div className={styles.dialog} data-testid="hours-dialog">
        <p className={styles.number} translate="no">
          <bdi>{nameAccount(account)}</bdi>
        </p>
        {data !== undefined && <Editor account={account} stored={data} onClose={onClose} />}
        {data === undefined && error !== null && <ErrorState title={t("hours.failed")} message={describeError(error)} onRetry={() => void refetch()} />}
        {data === undefined && error === null && (
          <Loading label={t("app.loading")}>
            <Skeleton className={panelsStyles.skeleton} />
          </Loading>
        )}
      </div>
    </Dialog>
  );
}

interface Edited {
  readonly hours: PutHours | null;
  readonly replies: PutAutoReplies;
}

function useSaving({ id }: Account, onDone: () => void) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ hours, replies }: Edited) => {
      await api.setHours(id, hours);
      await api.setAutoReplies(id, replies);
    },
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: ["hours", id] }),
  });
}

const replyOf = ({ is_on, text }: ReplyForm): ReplyForm => ({ is_on, text });

function Editor({ account, stored, onClose }: HoursDialogProps & { readonly stored: Stored }) {
  const [form, setForm] = useState(() => formOf(stored.hours));
  const [welcome, setWelcome] = useState(() => replyOf(stored.replies.welcome));
  const [away, setAway] = useState(() => replyOf(stored.replies.away));
  const save = useSaving(account, onClose);
  const canSave = isComplete(form) && isSendable(welcome) && isSendable(away);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (canSave) save.mutate({ hours: bodyOf(form), replies: { welcome, away } });
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <HoursFields form={form} onChange={setForm} />
      <ReplyField kind="welcome" reply={welcome} onChange={setWelcome} />
      <ReplyField kind="away" reply={away} onChange={setAway} warning={form.isOn ? undefined : t("hours.away.needsHours")} />
      {(welcome.is_on || away.is_on) && <p className={styles.hint}>{t("hours.silence")}</p>}
      <div aria-live="polite">{save.error !== null && <Notice tone="bad">{describeError(save.error)}</Notice>}</div>
      <DialogButtons missing={canSave ? null : t("hours.missing")}>
        <Button onClick={onClose}>{t("app.cancel")}</Button>
        <Button type="submit" tone="primary" disabled={!canSave} isBusy={save.isPending} data-testid="hours-save">
          {t("hours.save")}
        </Button>
      </DialogButtons>
    </form>
  );
}
