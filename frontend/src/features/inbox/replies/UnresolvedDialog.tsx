/** Asks before a text is sent in which a variable still stands. */
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { t } from "@/i18n/translate";
import styles from "./reply-picker.module.css";

interface UnresolvedDialogProps {
  readonly found: readonly string[];
  readonly onSend: () => void;
  readonly onClose: () => void;
}

export function UnresolvedDialog({ found, onSend, onClose }: UnresolvedDialogProps) {
  const send = () => {
    onClose();
    onSend();
  };
  return (
    <Dialog title={t("replies.unresolved.title")} onClose={onClose}>
      <div className={styles.form} data-testid="reply-unresolved">
        <p>{t("replies.unresolved.text", { found: found.join(", "), count: found.length })}</p>
        <DialogButtons>
          <Button tone="primary" onClick={onClose}>{t("replies.unresolved.edit")}</Button>
          <Button onClick={send} data-testid="reply-send-anyway">{t("replies.unresolved.send")}</Button>
        </DialogButtons>
      </div>
    </Dialog>
  );
}
