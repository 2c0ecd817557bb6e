/** The one select: the browser's own list behind a field of the app. */
import { useId, type ReactNode, type SelectHTMLAttributes } from "react";
import { Icon } from "./Icon";
import { classes } from "./classes";
import fieldStyles from "./field.module.css";
import styles from "./select.module.css";

interface SelectProps extends SelectHTMLAttributes<HTMLSelectElement> {
  /** None where a label with the same id stands elsewhere. */
  readonly label?: string;
  /** The label is for screen readers only: what stands beside the field explains it. */
  readonly isLabelHidden?: boolean;
  /** The options. */
  readonly children: ReactNode;
}

export function Select({ label, isLabelHidden = false, className, id, children, ...rest }: SelectProps) {
  const ownId = useId();
  const fieldId = id ?? ownId;
  return (
    <div className={classes(fieldStyles.field, className)}>
      {label !== undefined && (
        <label className={isLabelHidden ? "visually-hidden" : undefined} htmlFor={fieldId}>
          {label}
        </label>
      )}
      <span className={styles.box}>
        <select id={fieldId} {...rest} className={styles.select}>
          {children}
        </select>
        <span className={styles.chevron}>
          <Icon name="chevron" size={16} />
        </span>
      </span>
    </div>
  );
}
