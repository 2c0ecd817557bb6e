/** Creates, renames or deletes a team, and chooses its members. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { CheckBox } from "@/components/CheckBox";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Notice } from "@/components/Notice";
import { Select } from "@/components/Select";
import { TextField } from "@/components/TextField";
import { useToasts } from "@/components/Toast";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { fieldProblem } from "@/lib/api/fieldProblem";
import { listModes, readMode } from "@/lib/assigning";
import { useTeam } from "@/lib/team";
import { TEAMS_KEY } from "@/lib/teams";
import { isBlank, isolate } from "@/lib/texts";
import type { AssignmentMode, Team } from "@/types/wire";
import styles from "./teams.module.css";

const NEW_TEAM: Pick<Team, "name" | "users" | "assignment_mode"> = { name: "", users: [], assignment_mode: null };

interface TeamDialogProps {
  /** Null for a new one. */
  readonly team: Team | null;
  readonly onClose: () => void;
}

function useSaving({ team, onClose }: TeamDialogProps) {
  const api = useApi();
  const client = useQueryClient();
  const toasts = useToasts();
  const settle = async () => {
    await client.invalidateQueries({ queryKey: TEAMS_KEY });
    onClose();
  };
  const save = useMutation({
    mutationFn: (body: { readonly name: string; readonly user_ids: readonly number[]; readonly assignment_mode: AssignmentMode | null }) => (team === null ? api.createTeam(body) : api.changeTeam(team.id, body)),
    onSuccess: settle,
  });
  const remove = useMutation({
    mutationFn: ({ id }: Team) => api.deleteTeam(id),
    onSuccess: async (_, { name }) => {
      toasts.show({ text: t("teams.deleted", { name: isolate(name) }) });
      await settle();
    },
  });
  return { save, remove };
}

export function TeamDialog({ team, onClose }: TeamDialogProps) {
  const before = team ?? NEW_TEAM;
  const [name, setName] = useState(before.name);
  const [ids, setIds] = useState<ReadonlySet<number>>(() => new Set(before.users.map(({ id }) => id)));
  const [mode, setMode] = useState(before.assignment_mode);
  const { save, remove } = useSaving({ team, onClose });
  const error = save.error ?? remove.error;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!isBlank(name)) save.mutate({ name: name.trim(), user_ids: [...ids], assignment_mode: mode });
  };
  return (
    <Dialog title={team === null ? t("teams.new") : t("teams.edit", { name: isolate(team.name) })} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} data-testid="team-form">
        <TextField label={t("teams.name")} value={name} required maxLength={100} error={fieldProblem(error, "name") ?? undefined} onChange={(event) => setName(event.target.value)} data-testid="team-name" />
        <Users ids={ids} onChange={setIds} />
        <Mode value={mode} onChange={setMode} />
        {error !== null && fieldProblem(error, "name") === null && <Notice tone="bad">{describeError(error)}</Notice>}
        <DialogButtons>
          {team !== null && (
            <Button tone="danger" isBusy={remove.isPending} onClick={() => remove.mutate(team)} data-testid="team-delete">
              {t("teams.delete")}
            </Button>
          )}
          <Button type="submit" tone="primary" disabled={isBlank(name)} isBusy={save.isPending} data-testid="team-save">
            {t("teams.save")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

interface ModeProps {
  readonly value: AssignmentMode | null;
  readonly onChange: (value: AssignmentMode | null) => void;
}

function Mode({ value, onChange }: ModeProps) {
  return (
    <Select label={t("assigning.newChats")} value={value ?? ""} onChange={(event) => onChange(readMode(event.target.value))} data-testid="team-mode">
      <option value="">{t("assigning.asNumber")}</option>
      {listModes().map(([mode, name]) => (
        <option key={mode} value={mode}>
          {name}
        </option>
      ))}
    </Select>
  );
}

interface UsersProps {
  readonly ids: ReadonlySet<number>;
  readonly onChange: (ids: ReadonlySet<number>) => void;
}

function Users({ ids, onChange }: UsersProps) {
  const users = useTeam().data?.filter(({ status }) => status !== "disabled") ?? [];
  const toggle = (id: number) => onChange(ids.has(id) ? new Set([...ids].filter((other) => other !== id)) : new Set([...ids, id]));
  return (
    <fieldset className={styles.users}>
      <legend>{t("teams.users")}</legend>
      {users.map(({ id, name, email }) => (
        <CheckBox key={id} checked={ids.has(id)} detail={email} onChange={() => toggle(id)} data-testid="team-user">
          {name}
        </CheckBox>
      ))}
    </fieldset>
  );
}
