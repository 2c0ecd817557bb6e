/** A modal dialog: the browser keeps the focus inside and closes it on Escape. */
import { useEffect, useId, useRef, type ReactNode, type SyntheticEvent } from "react";
import { IconButton } from "./Button";
import { Icon } from "./Icon";
import { classes } from "./classes";
import styles from "./dialog.module.css";

interface DialogProps {
  readonly title: string;
  readonly variant?: "plain" | "wide";
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Dialog({ title, variant = "plain", onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    const opener = document.activeElement;
    if (dialog !== null && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      // The opener may have disappeared meanwhile, such as a notice whose cause was fixed in the dialog.
      const back = opener?.isConnected === true ? opener : document.getElementById("main");
      if (back instanceof HTMLElement) back.focus();
    };
  }, []);
  const cancel = (event: SyntheticEvent) => {
    event.preventDefault();
    onClose();
  };
  return (
    <dialog ref={ref} className={classes(styles.dialog, styles[variant])} aria-labelledby={titleId} onCancel={cancel}>
      <header className={styles.head}>
        <h2 id={titleId}>{title}</h2>
        <IconButton label="Close" onClick={onClose}>
          <Icon name="close" />
        </IconButton>
      </header>
      <div className={styles.body}>{children}</div>
    </dialog>
  );
}
