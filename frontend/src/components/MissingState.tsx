/** Shown in place of a page or chat that does not exist, with the way back. */
import type { ReactNode } from "react";
import { Link } from "@/lib/navigation";
import { t } from "@/i18n/translate";
import { EmptyState } from "./States";
import styles from "./button.module.css";

interface MissingStateProps {
  readonly title: string;
  /** 1 where this is the whole page. */
  readonly level?: 1 | 2;
  readonly children: ReactNode;
}

export function MissingState({ title, level = 2, children }: MissingStateProps) {
  return (
    <EmptyState
      icon="chat"
      title={title}
      level={level}
      action={
        <Link className={styles.button} to="/inbox">
          {t("app.toInbox")}
        </Link>
      }
    >
      {children}
    </EmptyState>
  );
}
