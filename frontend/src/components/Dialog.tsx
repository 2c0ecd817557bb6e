/** A modal dialog: the browser keeps the focus inside and closes it on Escape. */
import { useEffect, useId, useRef, type MouseEvent, type ReactNode, type SyntheticEvent } from "react";
import { t } from "@/i18n/translate";
import { IconButton } from "./Button";
import { Icon } from "./Icon";
import { classes } from "./classes";
import { openModal } from "./openDialogs";
import styles from "./dialog.module.css";

interface DialogProps {
  readonly title: string;
  /** `palette`: near the top, without a visible head; its content has the button to close it. */
  readonly variant?: "plain" | "wide" | "palette";
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Dialog({ title, variant = "plain", onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    const opener = document.activeElement;
    const close = dialog === null ? null : openModal(dialog);
    return () => {
      close?.();
      // The opener may have disappeared meanwhile, such as a notice whose cause was fixed in the dialog.
      const back = opener?.isConnected === true ? opener : document.getElementById("main");
      if (back instanceof HTMLElement) back.focus();
    };
  }, []);
  const cancel = (event: SyntheticEvent) => {
    event.preventDefault();
    onClose();
  };
  const isBare = variant === "palette";
  const closeOutside = (event: MouseEvent) => {
    if (isBare && event.target === event.currentTarget) onClose();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events -- Escape closes it by key
    <dialog ref={ref} className={classes(styles.dialog, styles[variant])} aria-labelledby={titleId} onCancel={cancel} onClick={closeOutside}>
      <header className={isBare ? "visually-hidden" : styles.head}>
        <h2 id={titleId}>{title}</h2>
      </header>
      <div className={isBare ? styles.bare : styles.body}>{children}</div>
      {/* Last, so that the focus starts at what the dialog is about. */}
      {!isBare && (
        <IconButton label={t("app.close")} className={styles.close} onClick={onClose}>
          <Icon name="close" />
        </IconButton>
      )}
    </dialog>
  );
}
