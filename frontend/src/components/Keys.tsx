/** The keys of a shortcut, each in a box: "Ctrl K". */
import styles from "./keys.module.css";

/** For `aria-keyshortcuts`: "Ctrl K" is `Control+K` there. */
export const ariaKeys = (keys: string) => keys.split(" ").map((key) => (key === "Ctrl" ? "Control" : key)).join("+");

interface KeysProps {
  /** Separated by spaces. */
  readonly keys: string;
}

export function Keys({ keys }: KeysProps) {
  return (
    <span className={styles.keys} translate="no">
      {keys.split(" ").map((key) => (
        <kbd key={key} className={styles.key}>{key}</kbd>
      ))}
    </span>
  );
}
