/** A box with one sentence: an error or a hint. */
import type { ReactNode } from "react";
import { Icon } from "./Icon";
import { classes } from "./classes";
import styles from "./notice.module.css";

interface NoticeProps {
  readonly tone: "info" | "warn" | "bad";
  readonly children: ReactNode;
}

export function Notice({ tone, children }: NoticeProps) {
  return (
    <div className={classes(styles.notice, styles[tone])}>
      <Icon name={tone === "info" ? "info" : "alert"} />
      <div>{children}</div>
    </div>
  );
}
