/** Creates or changes a macro. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Select } from "@/components/Select";
import { TextField } from "@/components/TextField";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { MACROS_KEY } from "@/lib/macros";
import { isBlank } from "@/lib/texts";
import type { Macro, NewMacro, RuleAction } from "@/types/wire";
import { ActionRows } from "./ActionRows";
import { areComplete, newAction } from "./drafts";
import { Choices, Problem } from "./fields";
import { useNameable, type Choice } from "./queries";
import styles from "./rules.module.css";

interface MacroDialogProps {
  readonly macro: Macro | null;
  readonly onClose: () => void;
}

function useSaving(macro: Macro | null, onClose: () => void) {
  const api = useApi();
  const client = useQueryClient();
  const onSuccess = async () => {
    await client.invalidateQueries({ queryKey: MACROS_KEY });
    onClose();
  };
  const save = useMutation({ mutationFn: (body: NewMacro) => (macro === null ? api.createMacro(body) : api.changeMacro(macro.id, body)), onSuccess });
  const remove = useMutation({ mutationFn: () => (macro === null ? Promise.resolve(undefined) : api.deleteMacro(macro.id)), onSuccess });
  return { save, remove };
}

/** Who sees it: null, all users. */
const teamsOf = (macro: Macro | null): number[] | null => (macro === null || macro.is_for_all ? null : macro.teams.map(({ id }) => id));

function missingIn(name: string, actions: readonly RuleAction[], teamIds: readonly number[] | null): MessageId | null {
  if (isBlank(name)) return "rules.missing.name";
  if (!areComplete(actions)) return "rules.missing.actions";
  return teamIds?.length === 0 ? "rules.missing.team" : null;
}

function useForm(macro: Macro | null) {
  const [name, setName] = useState(macro?.name ?? "");
  const [actions, setActions] = useState<readonly RuleAction[]>(macro?.actions ?? [newAction("label")]);
  const [teamIds, setTeamIds] = useState(() => teamsOf(macro));
  const missing = missingIn(name, actions, teamIds);
  const body: NewMacro = { name: name.trim(), team_ids: teamIds, actions: [...actions] };
  return { name, setName, actions, setActions, teamIds, setTeamIds, missing, body };
}

export function MacroDialog({ macro, onClose }: MacroDialogProps) {
  const nameable = useNameable();
  const form = useForm(macro);
  const { save, remove } = useSaving(macro, onClose);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate(form.body);
  };
  return (
    <Dialog title={t(macro === null ? "macros.new" : "macros.change")} variant="wide" onClose={onClose}>
      <form className={styles.form} onSubmit={submit} data-testid="macro-form">
        <TextField label={t("rules.name")} required maxLength={60} value={form.name} onChange={(event) => form.setName(event.target.value)} data-testid="macro-name" />
        <section className={styles.part}>
          <h3>{t("macros.does")}</h3>
          <ActionRows actions={form.actions} nameable={nameable} onChange={form.setActions} />
        </section>
        <Reach teams={nameable.teams} chosen={form.teamIds} onChange={form.setTeamIds} />
        <Problem error={save.error ?? remove.error} />
        <DialogButtons missing={form.missing === null ? null : t(form.missing)}>
          {macro !== null && <Button tone="danger" className={styles.delete} isBusy={remove.isPending} onClick={() => remove.mutate()} data-testid="macro-delete">{t("app.delete")}</Button>}
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button type="submit" tone="primary" disabled={form.missing !== null} isBusy={save.isPending} data-testid="macro-save">{t("rules.save")}</Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

interface ReachProps {
  readonly teams: readonly Choice[];
  readonly chosen: readonly number[] | null;
  readonly onChange: (ids: number[] | null) => void;
}

function Reach({ teams, chosen, onChange }: ReachProps) {
  return (
    <>
      <Select label={t("macros.reach")} value={chosen === null ? "all" : "teams"} onChange={(event) => onChange(event.target.value === "all" ? null : [])}>
        <option value="all">{t("macros.forAll")}</option>
        {(teams.length > 0 || chosen !== null) && <option value="teams">{t("macros.forTeams")}</option>}
      </Select>
      {chosen !== null && <Choices label={t("macros.forTeams")} choices={teams} chosen={chosen} onChange={onChange} />}
    </>
  );
}
