/** Shown in place of a page or chat that does not exist, with the way back. */
import type { ReactNode } from "react";
import { Link } from "react-router";
import { EmptyState } from "./States";
import styles from "./button.module.css";

export function MissingState({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <EmptyState
      icon="chat"
      title={title}
      action={
        <Link className={styles.button} to="/inbox">
          Back to the inbox
        </Link>
      }
    >
      {children}
    </EmptyState>
  );
}
