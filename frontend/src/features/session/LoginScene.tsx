/** The illustration beside the form: a conversation, drawn with markup only. */
import { Exact, Text } from "@/components/Text";
import { classes } from "@/components/classes";
import { t } from "@/i18n/translate";
import styles from "./login.module.css";

const LINES = [
  { side: "in", text: "session.scene.ask", time: "09:41" },
  { side: "out", text: "session.scene.answer", time: "09:42" },
  { side: "in", text: "session.scene.thanks", time: "09:42" },
] as const;

export function LoginScene() {
  return (
    <aside className={styles.scene} aria-hidden="true">
      <div className={styles.sceneInner}>
        <p className={styles.claim}>{t("session.scene.claim")}</p>
        <ol className={styles.talk}>
          {LINES.map(({ side, text, time }) => (
            <li key={text} className={classes(styles.line, side === "out" ? styles.lineOut : styles.lineIn)}>
              <Text>{t(text)}</Text>
              <small>
                <Exact>{time}</Exact>
                {side === "out" && <span className={styles.ticks}>✓✓</span>}
              </small>
            </li>
          ))}
        </ol>
        <p className={styles.foot}>{t("session.scene.foot")}</p>
      </div>
    </aside>
  );
}
