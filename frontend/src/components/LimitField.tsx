/** A number that limits something, or nothing for no limit: saved when it is left, or by Enter. */
import { useId, useState, type KeyboardEvent } from "react";
import { t } from "@/i18n/translate";
import { classes } from "./classes";
import fieldStyles from "./field.module.css";
import styles from "./limit-field.module.css";

interface LimitFieldProps {
  readonly id?: string;
  /** None where a label with the same id stands elsewhere. */
  readonly label?: string;
  /** What screen readers say instead of a label that is shown for several. */
  readonly name?: string;
  readonly value: number | null;
  readonly max: number;
  /** What an empty field means. */
  readonly placeholder: string;
  readonly isBusy: boolean;
  readonly onChange: (value: number | null) => void;
  readonly testId: string;
}

const isLimit = (value: number, max: number): boolean => Number.isInteger(value) && value >= 1 && value <= max;

export function LimitField({ id, label, name, value, max, placeholder, isBusy, onChange, testId }: LimitFieldProps) {
  const ownId = useId();
  const fieldId = id ?? ownId;
  // Null while it is not being written in.
  const [text, setText] = useState<string | null>(null);
  const problemId = `${fieldId}-problem`;
  const isWrong = text !== null && text !== "" && !isLimit(Number(text), max);
  const save = () => {
    if (text === null || isWrong) return;
    const wanted = text === "" ? null : Number(text);
    if (wanted !== value) onChange(wanted);
    setText(null);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter") save();
  };
  return (
    <div className={styles.box}>
      {label !== undefined && <label htmlFor={fieldId}>{label}</label>}
      <input
        id={fieldId}
        className={classes(fieldStyles.input, styles.input)}
        inputMode="numeric"
        autoComplete="off"
        aria-label={name}
        aria-invalid={isWrong || undefined}
        aria-describedby={isWrong ? problemId : undefined}
        aria-busy={isBusy}
        value={text ?? value ?? ""}
        placeholder={placeholder}
        onChange={(event) => setText(event.target.value.trim())}
        onKeyDown={press}
        onBlur={save}
        data-testid={testId}
      />
      {isWrong && <Problem id={problemId} max={max} />}
    </div>
  );
}

function Problem({ id, max }: { readonly id: string; readonly max: number }) {
  return <p id={id} className={classes(fieldStyles.error, styles.wrong)}>{t("assigning.limit.wrong", { max })}</p>;
}
