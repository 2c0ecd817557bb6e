/** The one button of the app. */
import type { ButtonHTMLAttributes } from "react";
import { ariaKeys } from "./Keys";
import type { Side } from "./placement";
import { Tooltip } from "./Tooltip";
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
  /** The accessible name, and the text of the tooltip. */
  readonly label: string;
  /** The keys of its shortcut, separated by spaces: "Ctrl K". */
  readonly keys?: string;
  readonly side?: Side;
}

export function IconButton({ label, keys, side, children, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys} side={side}>
      <button
        type="button"
        aria-keyshortcuts={keys === undefined ? undefined : ariaKeys(keys)}
        {...rest}
        className={classes(styles.iconButton, rest.className)}
        aria-label={label}
      >
        {children}
      </button>
    </Tooltip>
  );
}
