/** The illustration beside the form: a conversation, drawn with markup only. */
import { Exact, Text } from "@/components/Text";
import { classes } from "@/components/classes";
import styles from "./login.module.css";

const LINES = [
  { side: "in", text: "Hi! Is the walnut desk still available in 160 cm?", time: "09:41" },
  { side: "out", text: "It is, and we can deliver on Thursday.", time: "09:42" },
  { side: "in", text: "Perfect, please reserve it for me 🙌", time: "09:42" },
] as const;

export function LoginScene() {
  return (
    <aside className={styles.scene} aria-hidden="true">
      <div className={styles.sceneInner}>
        <p className={styles.claim}>Every customer conversation, one calm place.</p>
        <ol className={styles.talk}>
          {LINES.map(({ side, text, time }) => (
            <li key={text} className={classes(styles.line, side === "out" ? styles.lineOut : styles.lineIn)}>
              <Text>{text}</Text>
              <small>
                <Exact>{time}</Exact>
                {side === "out" && <span className={styles.ticks}> ✓✓</span>}
              </small>
            </li>
          ))}
        </ol>
        <p className={styles.foot}>Shared numbers. Honest ticks. Nothing missed.</p>
      </div>
    </aside>
  );
}
