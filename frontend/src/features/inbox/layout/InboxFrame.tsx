/** The panes of the inbox: the list, the open chat, and its details beside it, over it or as a page. */
import type { CSSProperties, ReactElement, ReactNode } from "react";
import { classes } from "@/components/classes";
import { EmptyState } from "@/components/States";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { PaneSeparator } from "./PaneSeparator";
import { usePanes, type Place } from "./usePanes";
import styles from "./layout.module.css";

interface InboxFrameProps {
  readonly list: ReactNode;
  readonly thread?: ReactNode;
  readonly context?: ReactElement | false;
  readonly place?: Place;
}

type Widths = CSSProperties & Readonly<Record<"--list-width" | "--context-width", string>>;

export function InboxFrame({ list, thread, context, place = "beside" }: InboxFrameProps) {
  const panes = usePanes();
  const widths: Widths = { "--list-width": `${panes.list}px`, "--context-width": `${panes.context}px` };
  const isOpen = thread !== undefined;
  const hasContext = context !== undefined && context !== false;
  return (
    <div className={classes(styles.frame, isOpen && styles.open, hasContext && styles[place])} style={widths}>
      <section id="pane-list" className={styles.list} aria-label={t("contacts.pane.list")}>
        {list}
      </section>
      <PaneSeparator pane="list" controls="pane-list" />
      {isOpen && <h1 className={styles.phoneTitle}>{t("app.nav.inbox")}</h1>}
      <section className={styles.thread} aria-label={t("contacts.pane.thread")} inert={hasContext && place === "page"}>
        {thread ?? (
          <EmptyState icon="chat" title={t("contacts.pane.choose")}>
            <Text>{t("contacts.pane.chooseText")}</Text>
          </EmptyState>
        )}
      </section>
      {hasContext && place === "beside" && <PaneSeparator pane="context" controls="pane-context" />}
      {context}
    </div>
  );
}
