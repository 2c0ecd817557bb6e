/** The actions of a rule or macro, in their order. */
import { useId, type ReactElement } from "react";
import { Button, IconButton } from "@/components/Button";
import { CheckBox } from "@/components/CheckBox";
import { Icon } from "@/components/Icon";
import { Select } from "@/components/Select";
import { TextField } from "@/components/TextField";
import fieldStyles from "@/components/field.module.css";
import { t } from "@/i18n/translate";
import type { RuleAction } from "@/types/wire";
import { ACTION_KINDS, MOST, newAction, type ActionKind } from "./drafts";
import { ChoiceField, Choices, Minutes } from "./fields";
import type { Nameable } from "./queries";
import styles from "./rules.module.css";

interface ActionRowsProps {
  readonly actions: readonly RuleAction[];
  readonly nameable: Nameable;
  readonly onChange: (actions: RuleAction[]) => void;
}

export function ActionRows({ actions, nameable, onChange }: ActionRowsProps) {
  return (
    <div className={styles.rows}>
      {actions.map((action, index) => (
        <div key={index} className={styles.row} data-testid="rule-action">
          <div className={styles.rowFields}>
            <Select label={t("rules.action")} isLabelHidden value={action.kind} onChange={(change) => onChange(actions.with(index, newAction(change.target.value as ActionKind)))} data-testid="rule-action-kind">
              {ACTION_KINDS.map((kind) => (
                <option key={kind} value={kind}>{t(`rules.action.${kind}`)}</option>
              ))}
            </Select>
            <ActionValue action={action} nameable={nameable} onChange={(changes) => onChange(actions.with(index, { ...action, ...changes }))} />
          </div>
          {actions.length > 1 && (
            <IconButton label={t("rules.remove")} onClick={() => onChange(actions.toSpliced(index, 1))}>
              <Icon name="close" />
            </IconButton>
          )}
        </div>
      ))}
      {actions.length < MOST && (
        <Button size="small" onClick={() => onChange([...actions, newAction("label")])} data-testid="rule-add-action">
          {t("rules.addAction")}
        </Button>
      )}
    </div>
  );
}

interface ValueProps {
  readonly action: RuleAction;
  readonly nameable: Nameable;
  readonly onChange: (changes: Partial<RuleAction>) => void;
}

function LabelValue({ action, nameable, onChange }: ValueProps) {
  return <ChoiceField label={t("rules.label")} none={t("rules.chooseLabel")} choices={nameable.labels} value={action.label_id} onChange={(id) => onChange({ label_id: id })} />;
}

const VALUES: Readonly<Record<ActionKind, (props: ValueProps) => ReactElement>> = {
  assign: ({ action, nameable, onChange }) => (
    <>
      <ChoiceField label={t("rules.user")} none={t("rules.noUser")} choices={nameable.users} value={action.user_id} onChange={(id) => onChange({ user_id: id })} />
      <ChoiceField label={t("rules.team")} none={t("rules.noTeam")} choices={nameable.teams} value={action.team_id} onChange={(id) => onChange({ team_id: id })} />
    </>
  ),
  label: LabelValue,
  unlabel: LabelValue,
  close: ({ action, onChange }) => (
    <TextField label={t("rules.category")} maxLength={100} value={action.category ?? ""} onChange={(event) => onChange({ category: event.target.value === "" ? null : event.target.value })} />
  ),
  snooze: ({ action, onChange }) => (
    <>
      <Minutes value={action.minutes} onChange={(minutes) => onChange({ minutes })} />
      <CheckBox checked={action.wake_on_message} onChange={(event) => onChange({ wake_on_message: event.target.checked })}>{t("rules.wake")}</CheckBox>
    </>
  ),
  note: NoteValue,
  reply: ({ action, nameable, onChange }) => (
    <ChoiceField label={t("rules.reply")} none={t("rules.chooseReply")} choices={nameable.replies} value={action.reply_id} onChange={(id) => onChange({ reply_id: id })} />
  ),
  notify: ({ action, nameable, onChange }) => (
    <Choices label={t("rules.action.notify")} choices={nameable.users} chosen={action.user_ids} onChange={(ids) => onChange({ user_ids: ids })} />
  ),
};

function ActionValue(props: ValueProps) {
  const Chosen = VALUES[props.action.kind];
  return <Chosen {...props} />;
}

function NoteValue({ action, onChange }: ValueProps) {
  const id = useId();
  return (
    <div className={fieldStyles.field}>
      <label className="visually-hidden" htmlFor={id}>{t("rules.note")}</label>
      <textarea id={id} rows={2} dir="auto" maxLength={10_000} placeholder={t("rules.note")} value={action.text ?? ""} onChange={(event) => onChange({ text: event.target.value === "" ? null : event.target.value })} data-testid="rule-note" />
    </div>
  );
}
