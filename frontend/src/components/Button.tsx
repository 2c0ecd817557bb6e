/** The one button of the app. */
import type { ButtonHTMLAttributes } from "react";
import { classes } from "./classes";
import styles from "./button.module.css";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly tone?: "plain" | "primary" | "danger" | "quiet";
  readonly size?: "small" | "medium" | "large";
  readonly isBusy?: boolean;
}

export function Button({ tone = "plain", size = "medium", isBusy = false, disabled, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(styles.button, styles[tone], styles[size], rest.className)}
      disabled={disabled === true || isBusy}
      aria-busy={isBusy || undefined}
    >
      {isBusy && <span className={styles.spinner} aria-hidden="true" />}
      <span className={styles.words}>{children}</span>
    </button>
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly label: string;
}

export function IconButton({ label, children, ...rest }: IconButtonProps) {
  return (
    <button type="button" {...rest} className={classes(styles.iconButton, rest.className)} aria-label={label} title={label}>
      {children}
    </button>
  );
}
