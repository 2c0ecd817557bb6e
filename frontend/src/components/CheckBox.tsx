/** The one check box: a box and its label. */
import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes";
import styles from "./check-box.module.css";

interface CheckBoxProps extends Omit<ComponentProps<"input">, "type" | "children"> {
  readonly children: ReactNode;
  /** A second, quieter line. */
  readonly detail?: ReactNode;
}

export function CheckBox({ children, detail, className, ...rest }: CheckBoxProps) {
  return (
    <label className={classes(styles.label, className)}>
      <input type="checkbox" {...rest} className={styles.box} />
      <span className={styles.text}>
        <span>{children}</span>
        {detail !== undefined && <span className={styles.detail}>{detail}</span>}
      </span>
    </label>
  );
}
