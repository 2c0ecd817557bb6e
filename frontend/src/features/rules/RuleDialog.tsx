/** Creates or changes a rule: when, if, then; and tries it on a chat before it is switched on. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { CheckBox } from "@/components/CheckBox";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Select } from "@/components/Select";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import type { Rule } from "@/types/wire";
import { ActionRows } from "./ActionRows";
import { ConditionRows } from "./ConditionRows";
import { EVENTS, isTimed, missingIn, newRule, testsOf, withEvent, type RuleDraft, type RuleEvent } from "./drafts";
import { Accounts, Minutes, Problem } from "./fields";
import { RULES_KEY, useRuledAccounts, useNameable } from "./queries";
import { TryRule } from "./TryRule";
import styles from "./rules.module.css";

interface RuleDialogProps {
  readonly rule: Rule | null;
  readonly onClose: () => void;
}

const draftOf = ({ name, account_ids, stops, event, minutes, conditions, actions }: Rule): RuleDraft => ({ name, account_ids, stops, event, minutes, conditions, actions });

function useSaving(rule: Rule | null, onClose: () => void) {
  const api = useApi();
  const client = useQueryClient();
  const onSuccess = async () => {
    await client.invalidateQueries({ queryKey: RULES_KEY });
    onClose();
  };
  const save = useMutation({ mutationFn: (draft: RuleDraft) => (rule === null ? api.createRule({ ...draft, is_on: false }) : api.changeRule(rule.id, draft)), onSuccess });
  const remove = useMutation({ mutationFn: () => (rule === null ? Promise.resolve(undefined) : api.deleteRule(rule.id)), onSuccess });
  return { save, remove };
}

export function RuleDialog({ rule, onClose }: RuleDialogProps) {
  const accounts = useRuledAccounts();
  const nameable = useNameable();
  const [draft, setDraft] = useState(() => (rule === null ? newRule(accounts.map(({ id }) => id)) : draftOf(rule)));
  const { save, remove } = useSaving(rule, onClose);
  const missing = missingIn(draft);
  const set = (changes: Partial<RuleDraft>) => setDraft({ ...draft, ...changes });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate({ ...draft, name: draft.name.trim() });
  };
  return (
    <Dialog title={t(rule === null ? "rules.new" : "rules.change")} variant="wide" onClose={onClose}>
      <form className={styles.form} onSubmit={submit} data-testid="rule-form">
        <TextField label={t("rules.name")} required maxLength={60} value={draft.name} onChange={(event) => set({ name: event.target.value })} data-testid="rule-name" />
        <When draft={draft} onChange={setDraft} />
        {accounts.length > 1 && <Accounts accounts={accounts} chosen={draft.account_ids} onChange={(ids) => set({ account_ids: ids })} />}
        <section className={styles.part}>
          <h3>{t("rules.if")}</h3>
          <ConditionRows offered={testsOf(draft.event)} conditions={draft.conditions} nameable={nameable} onChange={(conditions) => set({ conditions })} />
        </section>
        <section className={styles.part}>
          <h3>{t("rules.then")}</h3>
          <ActionRows actions={draft.actions} nameable={nameable} onChange={(actions) => set({ actions })} />
          <CheckBox checked={draft.stops} onChange={(event) => set({ stops: event.target.checked })}>{t("rules.stops")}</CheckBox>
        </section>
        <TryRule draft={draft} />
        <Problem error={save.error ?? remove.error} />
        <DialogButtons missing={missing === null ? null : t(missing)}>
          {rule !== null && <Button tone="danger" className={styles.delete} isBusy={remove.isPending} onClick={() => remove.mutate()} data-testid="rule-delete">{t("app.delete")}</Button>}
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button type="submit" tone="primary" disabled={missing !== null} isBusy={save.isPending} data-testid="rule-save">{t("rules.save")}</Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

interface WhenProps {
  readonly draft: RuleDraft;
  readonly onChange: (draft: RuleDraft) => void;
}

function When({ draft, onChange }: WhenProps) {
  return (
    <section className={styles.part}>
      <h3>{t("rules.when")}</h3>
      <Select label={t("rules.when")} isLabelHidden value={draft.event} onChange={(event) => onChange(withEvent(draft, event.target.value as RuleEvent))} data-testid="rule-event">
        {EVENTS.map((event) => (
          <option key={event} value={event}>{t(`rules.event.${event}`)}</option>
        ))}
      </Select>
      {isTimed(draft.event) && <Minutes value={draft.minutes} onChange={(minutes) => onChange({ ...draft, minutes })} />}
    </section>
  );
}
