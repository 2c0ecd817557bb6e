/** A text that a number sends by itself: on or off, its variables, and how it will look. */
import { useEffect, useId, useRef, useState } from "react";
import { Button } from "@/components/Button";
import { CheckBox } from "@/components/CheckBox";
import { Text } from "@/components/Text";
import fieldStyles from "@/components/field.module.css";
import { t } from "@/i18n/translate";
import { nameVariable } from "@/lib/replies/nameVariable";
import { resolve, type Variable } from "@/lib/replies/variables";
import { isBlank } from "@/lib/texts";
import { inserted, OFFERED, problemOf, type ReplyForm } from "./replyForm";
import styles from "./hours.module.css";

interface ReplyFieldProps {
  readonly kind: "welcome" | "away";
  readonly reply: ReplyForm;
  readonly onChange: (reply: ReplyForm) => void;
  /** Why it is not sent although it is on. */
  readonly warning?: string | undefined;
}

export function ReplyField({ kind, reply, onChange, warning }: ReplyFieldProps) {
  const { is_on: isOn, text } = reply;
  const [isSwitched, setSwitched] = useState(false);
  const turn = (isNow: boolean) => {
    setSwitched(true);
    onChange({ ...reply, is_on: isNow });
  };
  return (
    <section className={styles.section}>
      <CheckBox checked={isOn} onChange={(event) => turn(event.target.checked)} detail={t(`hours.detail.${kind}`)} data-testid={`hours-${kind}`}>
        {t(`hours.${kind}`)}
      </CheckBox>
      {isOn && warning !== undefined && <p className={styles.warning}>{warning}</p>}
      {isOn && <Words isNew={isSwitched} label={t(`hours.text.${kind}`)} text={text} onChange={(words) => onChange({ ...reply, text: words })} testId={`hours-${kind}-text`} />}
    </section>
  );
}

interface WordsProps {
  /** The user has just switched it on, and writes it next. */
  readonly isNew: boolean;
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly testId: string;
}

function Words({ isNew, label, text, onChange, testId }: WordsProps) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const problem = problemOf(text);
  useEffect(() => {
    if (!isNew) return;
    field.current?.focus({ preventScroll: true });
    // With what belongs to it, which appears below.
    field.current?.scrollIntoView({ block: "center" });
  }, [isNew]);
  const insert = (variable: Variable) => {
    const at = field.current?.selectionStart ?? text.length;
    onChange(text.slice(0, at) + inserted(variable) + text.slice(at));
    field.current?.focus();
  };
  return (
    <div className={fieldStyles.field}>
      <label htmlFor={id} className="visually-hidden">
        {label}
      </label>
      <textarea
        ref={field}
        id={id}
        rows={3}
        dir="auto"
        maxLength={10_000}
        value={text}
        aria-invalid={problem !== null}
        aria-describedby={`${id}-advice`}
        onChange={(event) => onChange(event.target.value)}
        data-testid={testId}
      />
      <Advice id={`${id}-advice`} problem={problem} isEmpty={isBlank(text)} />
      <Variables onInsert={insert} />
      <Preview text={text} />
    </div>
  );
}

/** Why the text cannot be stored. */
function Advice({ id, problem, isEmpty }: { readonly id: string; readonly problem: string | null; readonly isEmpty: boolean }) {
  return (
    <span id={id} className={problem === null ? fieldStyles.hint : fieldStyles.error} role={problem === null ? undefined : "alert"} hidden={problem === null && !isEmpty}>
      {isEmpty ? t("hours.text.empty") : problem}
    </span>
  );
}

function Variables({ onInsert }: { readonly onInsert: (variable: Variable) => void }) {
  return (
    <div className={styles.variables} role="group" aria-label={t("replies.variables")}>
      {OFFERED.map((variable) => (
        <Button key={variable} size="small" onClick={() => onInsert(variable)}>
          {nameVariable(variable)}
        </Button>
      ))}
    </div>
  );
}

/** With the names of the variables for their values, and the day as it is sent. */
function Preview({ text }: { readonly text: string }) {
  if (!text.includes("{{") || problemOf(text) !== null) return null;
  const names = Object.fromEntries(OFFERED.map((variable) => [variable, nameVariable(variable)]));
  const today = new Date().toISOString().slice(0, 10);
  return (
    <div className={styles.preview} role="group" aria-label={t("hours.preview")}>
      <p dir="auto" data-testid="hours-preview">
        <Text>{resolve(text, { ...names, today })}</Text>
      </p>
    </div>
  );
}
