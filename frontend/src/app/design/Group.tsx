/** A group of samples under a heading. */
import type { ReactNode } from "react";
import styles from "./design.module.css";

export function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className={styles.group}>
      <h2>{title}</h2>
      <div className={styles.samples}>{children}</div>
    </div>
  );
}
