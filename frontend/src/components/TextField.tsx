/** A labelled text input with its error. */
import { useId, type InputHTMLAttributes } from "react";
import styles from "./field.module.css";

interface TextFieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  /** What a value has to be like; the error replaces it. */
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
}

export function TextField({ label, hint, error, ...rest }: TextFieldProps) {
  const id = useId();
  const isWrong = error !== undefined;
  const note = error ?? hint;
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input id={id} aria-invalid={isWrong || undefined} aria-describedby={note === undefined ? undefined : `${id}-note`} {...rest} />
      {note !== undefined && (
        <span className={isWrong ? styles.error : styles.hint} id={`${id}-note`}>
          {note}
        </span>
      )}
    </div>
  );
}
