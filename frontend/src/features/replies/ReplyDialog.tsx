/** Creates or changes a canned reply, with a preview of what will be inserted. */
import { useId, useRef, useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Notice } from "@/components/Notice";
import { Select } from "@/components/Select";
import { Text } from "@/components/Text";
import { TextField } from "@/components/TextField";
import fieldStyles from "@/components/field.module.css";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { useTeams } from "@/lib/teams";
import { isBlank, isolate } from "@/lib/texts";
import type { CannedReply } from "@/types/wire";
import { dayOf } from "@/lib/replies/dayOf";
import { nameVariable } from "@/lib/replies/nameVariable";
import { ReplyFiles } from "./ReplyFiles";
import { useEditing } from "./useEditing";
import { resolve, unknownIn, VARIABLES } from "@/lib/replies/variables";
import styles from "./replies.module.css";

interface ReplyDialogProps {
  readonly reply: CannedReply | null;
  readonly onClose: () => void;
}

const exampleValues = () => ({
  ...Object.fromEntries(VARIABLES.map((variable) => [variable, nameVariable(variable)])),
  today: dayOf(new Date()),
});

interface Reach {
  readonly shared: boolean;
  /** Of a shared one: only this team sees it. */
  readonly team_id: number | null;
}

interface Fields extends Reach {
  readonly name: string;
  readonly shortcut: string;
  readonly text: string;
}

const fieldsOf = (reply: CannedReply | null): Fields =>
  reply === null
    ? { name: "", shortcut: "", text: "", shared: false, team_id: null }
    : { name: reply.name, shortcut: reply.shortcut ?? "", text: reply.text, shared: reply.shared, team_id: reply.team?.id ?? null };

function useForm(reply: CannedReply | null) {
  const [fields, setFields] = useState(fieldsOf(reply));
  const [added, setAdded] = useState<readonly File[]>([]);
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const set = (changes: Partial<Fields>) => setFields({ ...fields, ...changes });
  const unknown = unknownIn(fields.text);
  const hasFiles = added.length + (reply?.files.length ?? 0) > removed.length;
  const missing = isBlank(fields.name) ? t("rules.missing.name") : isBlank(fields.text) && !hasFiles ? t("replies.missing.text") : null;
  const edited = { ...fields, name: fields.name.trim(), shortcut: fields.shortcut === "" ? null : fields.shortcut, added, removed };
  return { ...fields, set, unknown, missing, edited, files: { reply, added, removed, onAdd: setAdded, onRemove: setRemoved } };
}

export function ReplyDialog({ reply, onClose }: ReplyDialogProps) {
  const form = useForm(reply);
  const { name, shortcut, text, set } = form;
  const { save, remove } = useEditing(reply, onClose);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate(form.edited);
  };
  const error = save.error ?? remove.error;
  return (
    <Dialog title={t(reply === null ? "replies.new" : "replies.change")} variant="wide" onClose={onClose}>
      <form className={styles.form} onSubmit={submit} data-testid="reply-form">
        <TextField label={t("replies.name")} required maxLength={100} value={name} onChange={(event) => set({ name: event.target.value })} data-testid="reply-name" />
        <TextField
          label={t("replies.shortcut")}
          hint={t("replies.shortcutHint")}
          maxLength={50}
          value={shortcut}
          onChange={(event) => set({ shortcut: event.target.value.replace(/[\s/]/gu, "") })}
          data-testid="reply-shortcut"
        />
        <TextArea value={text} onChange={(value) => set({ text: value })} unknown={form.unknown} />
        <Preview text={text} />
        <ReplyFiles {...form.files} />
        <ReachField reach={form} team={reply?.team ?? null} onChange={set} />
        <div aria-live="polite">{error !== null && <Notice tone="bad">{describeError(error)}</Notice>}</div>
        <DialogButtons missing={form.missing}>
          {reply !== null && <Button tone="danger" className={styles.delete} isBusy={remove.isPending} onClick={() => remove.mutate()} data-testid="reply-delete">{t("app.delete")}</Button>}
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button type="submit" tone="primary" disabled={form.missing !== null || form.unknown.length > 0} isBusy={save.isPending} data-testid="reply-save">{t("replies.save")}</Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

const OWN: Reach = { shared: false, team_id: null };

interface ReachFieldProps {
  readonly reach: Reach;
  /** The team that the reply has: shown also before the teams are read. */
  readonly team: CannedReply["team"];
  readonly onChange: (reach: Reach) => void;
}

/** Who sees it: the user, all, or a team. */
function ReachField({ reach: { shared, team_id }, team, onChange }: ReachFieldProps) {
  const teams = useTeams().data ?? (team === null ? [] : [team]);
  const value = team_id ?? (shared ? "all" : "own");
  const choose = (chosen: string) => onChange(chosen === "own" ? OWN : { shared: true, team_id: chosen === "all" ? null : Number(chosen) });
  return (
    <div className={styles.reach}>
      <Select label={t("replies.reach")} value={value} onChange={(event) => choose(event.target.value)} data-testid="reply-reach">
        <option value="own">{t("replies.personal")}</option>
        <option value="all">{t("replies.all")}</option>
        {teams.map(({ id, name }) => (
          <option key={id} value={id}>
            {t("replies.ofTeam", { team: isolate(name) })}
          </option>
        ))}
      </Select>
      {shared && <p className={styles.hint}>{t("replies.shareDetail")}</p>}
    </div>
  );
}

/** With the names of the variables for their values. */
function Preview({ text }: { readonly text: string }) {
  if (!text.includes("{{") || unknownIn(text).length > 0) return null;
  return <p className={styles.preview} dir="auto" data-testid="reply-preview"><Text>{resolve(text, exampleValues())}</Text></p>;
}

interface TextAreaProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly unknown: readonly string[];
}

/** The text, and buttons that insert a variable where the caret is. */
function TextArea({ value, onChange, unknown }: TextAreaProps) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const insert = (variable: string) => {
    const at = field.current?.selectionStart ?? value.length;
    onChange(`${value.slice(0, at)}{{${variable}}}${value.slice(at)}`);
    field.current?.focus();
  };
  return (
    <div className={fieldStyles.field}>
      <label htmlFor={id}>{t("replies.text")}</label>
      <textarea ref={field} id={id} rows={5} dir="auto" maxLength={10_000} value={value} aria-invalid={unknown.length > 0} onChange={(event) => onChange(event.target.value)} data-testid="reply-text" />
      {unknown.length > 0 && <span className={fieldStyles.error} role="alert">{t("replies.unknown", { found: unknown.join(", "), count: unknown.length })}</span>}
      <div className={styles.variables} role="group" aria-label={t("replies.variables")}>
        {VARIABLES.map((variable) => (
          <Button key={variable} size="small" onClick={() => insert(variable)}>{nameVariable(variable)}</Button>
        ))}
      </div>
      <p className={styles.hint}>{t("replies.defaultHint", { example: "{{contact.first_name | default: 'there'}}" })}</p>
    </div>
  );
}
