/** A labelled text input with its error. */
import { useId, type InputHTMLAttributes } from "react";
import styles from "./field.module.css";

interface TextFieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly error?: string | undefined;
}

export function TextField({ label, error, ...rest }: TextFieldProps) {
  const id = useId();
  const isWrong = error !== undefined;
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input id={id} aria-invalid={isWrong || undefined} aria-describedby={isWrong ? `${id}-error` : undefined} {...rest} />
      {isWrong && (
        <span className={styles.error} id={`${id}-error`}>
          {error}
        </span>
      )}
    </div>
  );
}
