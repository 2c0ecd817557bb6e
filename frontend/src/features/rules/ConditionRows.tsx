/** The conditions of a rule or a target: one line each, all of which must hold. */
import { useState } from "react";
import { Button, IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Select } from "@/components/Select";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import type { RuleCondition } from "@/types/wire";
import { MOST, newCondition, splitTexts, testOf, type TestName } from "./drafts";
import { Choices } from "./fields";
import type { Nameable } from "./queries";
import styles from "./rules.module.css";

interface ConditionRowsProps {
  readonly offered: readonly TestName[];
  readonly conditions: readonly RuleCondition[];
  readonly nameable: Nameable;
  readonly onChange: (conditions: RuleCondition[]) => void;
}

export function ConditionRows({ offered, conditions, nameable, onChange }: ConditionRowsProps) {
  return (
    <div className={styles.rows}>
      {conditions.length === 0 && <p className={styles.hint}>{t("rules.always")}</p>}
      {conditions.map((condition, index) => (
        <div key={index} className={styles.row} data-testid="rule-condition">
          <div className={styles.rowFields}>
            <Select label={t("rules.condition")} isLabelHidden value={testOf(condition)} onChange={(change) => onChange(conditions.with(index, newCondition(change.target.value as TestName)))}>
              {offered.map((name) => (
                <option key={name} value={name}>{t(`rules.test.${name}`)}</option>
              ))}
            </Select>
            <Value condition={condition} nameable={nameable} onChange={(changed) => onChange(conditions.with(index, changed))} />
          </div>
          <IconButton label={t("rules.remove")} onClick={() => onChange(conditions.toSpliced(index, 1))}>
            <Icon name="close" />
          </IconButton>
        </div>
      ))}
      {conditions.length < MOST && (
        <Button size="small" onClick={() => onChange([...conditions, newCondition(offered[0] ?? "assignee-none")])} data-testid="rule-add-condition">
          {t("rules.addCondition")}
        </Button>
      )}
    </div>
  );
}

interface ValueProps {
  readonly condition: RuleCondition;
  readonly nameable: Nameable;
  readonly onChange: (condition: RuleCondition) => void;
}

function Value({ condition, nameable, onChange }: ValueProps) {
  const { kind, test, ids } = condition;
  if (kind === "text") return <Texts condition={condition} onChange={onChange} />;
  const choices = kind === "label" ? nameable.labels : test !== "one_of" ? null : kind === "team" ? nameable.teams : nameable.users;
  if (choices === null) return null;
  return <Choices label={t(`rules.test.${testOf(condition)}`)} choices={choices} chosen={ids} onChange={(chosen) => onChange({ ...condition, ids: chosen })} />;
}

/** As it is typed: a comma at the end must not vanish. */
function Texts({ condition, onChange }: Omit<ValueProps, "nameable">) {
  const [text, setText] = useState(condition.texts.join(", "));
  const change = (value: string) => {
    setText(value);
    onChange({ ...condition, texts: splitTexts(value) });
  };
  return <TextField label={t("rules.texts")} hint={t("rules.textsHint")} dir="auto" maxLength={2000} value={text} onChange={(event) => change(event.target.value)} data-testid="rule-texts" />;
}
