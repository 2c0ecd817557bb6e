/** A page beside the navigation: one width, one margin, its heading and what can be done on it. */
import type { ReactNode } from "react";
import type { Elements } from "./Text";
import styles from "./page.module.css";

interface PageProps {
  readonly title: string;
  readonly about?: string;
  /** At the end of the heading's line. */
  readonly action?: Elements;
  readonly children: ReactNode;
}

export function Page({ title, about, action, children }: PageProps) {
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div>
          <h1>{title}</h1>
          {about !== undefined && <p className="muted">{about}</p>}
        </div>
        {action}
      </header>
      <div className={styles.content}>{children}</div>
    </div>
  );
}
