/** The buttons at the end of a dialog: in view while it scrolls, with what the main one still needs. */
import { Text, type Elements } from "./Text";
import styles from "./dialog.module.css";

interface DialogButtonsProps {
  /** Why the main button is off. */
  readonly missing?: string | null;
  readonly children: Elements;
}

export function DialogButtons({ missing = null, children }: DialogButtonsProps) {
  return (
    <div className={styles.actions}>
      {missing !== null && <p className={styles.missing} data-testid="dialog-missing"><Text>{missing}</Text></p>}
      {children}
    </div>
  );
}
