/** Creates or changes a target: for which chats, how fast, and which hours count. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { CheckBox } from "@/components/CheckBox";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { TextField } from "@/components/TextField";
import { ConditionRows } from "@/features/rules/ConditionRows";
import { Accounts, Problem } from "@/features/rules/fields";
import { useNameable, useRuledAccounts } from "@/features/rules/queries";
import { t } from "@/i18n/translate";
import { useTargetRoutes } from "@/lib/api/targets";
import type { Target } from "@/types/wire";
import { bodyOf, CHAT_TESTS, draftOf, KINDS, missingIn, newTarget, type TargetDraft } from "./drafts";
import { DurationField } from "./DurationField";
import { TARGETS_KEY } from "./queries";
import styles from "@/features/rules/rules.module.css";

interface TargetDialogProps {
  readonly target: Target | null;
  readonly onClose: () => void;
}

function useSaving(target: Target | null, onClose: () => void) {
  const api = useTargetRoutes();
  const client = useQueryClient();
  const onSuccess = async () => {
    await client.invalidateQueries({ queryKey: TARGETS_KEY });
    onClose();
  };
  const save = useMutation({ mutationFn: (draft: TargetDraft) => (target === null ? api.createTarget(bodyOf(draft)) : api.changeTarget(target.id, bodyOf(draft))), onSuccess });
  const remove = useMutation({ mutationFn: () => (target === null ? Promise.resolve(undefined) : api.deleteTarget(target.id)), onSuccess });
  return { save, remove };
}

export function TargetDialog({ target, onClose }: TargetDialogProps) {
  const accounts = useRuledAccounts();
  const nameable = useNameable();
  const [draft, setDraft] = useState(() => (target === null ? newTarget(accounts.map(({ id }) => id)) : draftOf(target)));
  const { save, remove } = useSaving(target, onClose);
  const missing = missingIn(draft);
  const set = (changes: Partial<TargetDraft>) => setDraft({ ...draft, ...changes });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate(draft);
  };
  return (
    <Dialog title={t(target === null ? "targets.new" : "targets.change")} variant="wide" onClose={onClose}>
      <form className={styles.form} onSubmit={submit} data-testid="target-form">
        <TextField label={t("rules.name")} required maxLength={60} value={draft.name} onChange={(event) => set({ name: event.target.value })} data-testid="target-name" />
        {accounts.length > 1 && <Accounts accounts={accounts} chosen={draft.account_ids} onChange={(ids) => set({ account_ids: ids })} />}
        <section className={styles.part}>
          <h3>{t("rules.if")}</h3>
          <ConditionRows offered={CHAT_TESTS} conditions={draft.conditions} nameable={nameable} onChange={(conditions) => set({ conditions })} />
        </section>
        <Promises draft={draft} onChange={set} />
        <CheckBox checked={draft.is_on} onChange={(event) => set({ is_on: event.target.checked })} data-testid="target-on">{t("rules.on")}</CheckBox>
        <Problem error={save.error ?? remove.error} />
        <DialogButtons missing={missing === null ? null : t(missing)}>
          {target !== null && <Button tone="danger" className={styles.delete} isBusy={remove.isPending} onClick={() => remove.mutate()} data-testid="target-delete">{t("app.delete")}</Button>}
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button type="submit" tone="primary" disabled={missing !== null} isBusy={save.isPending} data-testid="target-save">{t("rules.save")}</Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

interface PromisesProps {
  readonly draft: TargetDraft;
  readonly onChange: (changes: Partial<TargetDraft>) => void;
}

/** The three times, and which hours count for them. */
function Promises({ draft: { times, office_hours: isOfOffice }, onChange }: PromisesProps) {
  return (
    <section className={styles.part}>
      <h3>{t("targets.times")}</h3>
      <div className={styles.times}>
        {KINDS.map((kind) => (
          <DurationField key={kind} label={t(`targets.within.${kind}`)} value={times[kind]} isOfOffice={isOfOffice} onChange={(text) => onChange({ times: { ...times, [kind]: text } })} testId={`target-${kind}`} />
        ))}
      </div>
      <p className={styles.hint}>{t("targets.timesHint")}</p>
      <CheckBox checked={isOfOffice} detail={t("targets.officeDetail")} onChange={(event) => onChange({ office_hours: event.target.checked })} data-testid="target-office">{t("targets.office")}</CheckBox>
    </section>
  );
}
