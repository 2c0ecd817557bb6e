/** Confirms an irreversible erasure with a word to type; the children list what is removed and what stays. */
import { useState, type SyntheticEvent } from "react";
import { t } from "@/i18n/translate";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { DialogButtons } from "./DialogButtons";
import { Notice } from "./Notice";
import { type Elements } from "./Text";
import { TextField } from "./TextField";
import styles from "./consequences.module.css";

interface EraseDialogProps {
  readonly title: string;
  /** The text to type; blanks and case are ignored. */
  readonly confirmation: string;
  /** The error of the last attempt, as a sentence. */
  readonly problem: string | null;
  readonly isBusy: boolean;
  readonly onErase: () => void;
  readonly onClose: () => void;
  readonly children: Elements;
  readonly testId: string;
}

const plain = (text: string) => text.replace(/\s+/g, "").toLowerCase();

export function EraseDialog({ title, confirmation, problem, isBusy, onErase, onClose, children, testId }: EraseDialogProps) {
  const [typed, setTyped] = useState("");
  const isMeant = plain(typed) === plain(confirmation);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (isMeant) onErase();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className={styles.consequences} onSubmit={submit} data-testid={testId}>
        {children}
        <TextField
          label={t("app.delete.confirm", { text: confirmation })}
          value={typed}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
        />
        {problem !== null && <Notice tone="bad">{problem}</Notice>}
        <DialogButtons>
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button
            tone="danger"
            type="submit"
            disabled={!isMeant}
            isBusy={isBusy}
            data-testid={`confirm-${testId}`}
          >
            {t("app.delete.permanently")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
