/** Closes chats with a category, what the conversation was about, and a note for colleagues. */
import { useId, useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import { isBlank } from "@/lib/texts";
import { useNeedsCategory } from "./categories";
import { close } from "@/features/inbox/status/stateActions";
import { nameChats, type ChoiceProps } from "./choice";
import fieldStyles from "@/components/field.module.css";
import styles from "@/features/inbox/status/status.module.css";

/** The server's limits. */
const [MAX_CHARACTERS, MAX_NOTE] = [100, 10_000];

const orNull = (text: string): string | null => (isBlank(text) ? null : text.trim());

export function CategoryDialog({ chats, canNote = false, onChoose, onClose }: ChoiceProps) {
  const [category, setCategory] = useState("");
  const [note, setNote] = useState("");
  const isNeeded = useNeedsCategory(chats);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const action = close(orNull(category), orNull(note));
    onChoose(() => action);
  };
  return (
    <Dialog title={t("status.close.title", { name: nameChats(chats) })} onClose={onClose}>
      <form className={styles.closing} onSubmit={submit} data-testid="close-form">
        <TextField
          label={t("status.close.category")}
          hint={t(isNeeded ? "status.close.hintRequired" : "status.close.hint")}
          value={category}
          required={isNeeded}
          maxLength={MAX_CHARACTERS}
          autoComplete="on"
          name="category"
          onChange={(event) => setCategory(event.target.value)}
          data-testid="close-category"
        />
        {canNote && <Note value={note} onChange={setNote} />}
        <DialogButtons>
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button type="submit" tone="primary" disabled={isNeeded && isBlank(category)} data-testid="close-submit">
            {t("status.close.submit")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

function Note({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }) {
  const id = useId();
  return (
    <div className={fieldStyles.field}>
      <label htmlFor={id}>{t("status.close.note")}</label>
      <textarea id={id} rows={2} dir="auto" maxLength={MAX_NOTE} aria-describedby={`${id}-hint`} value={value} onChange={(event) => onChange(event.target.value)} data-testid="close-note" />
      <span className={fieldStyles.hint} id={`${id}-hint`}>
        {t("status.close.noteHint")}
      </span>
    </div>
  );
}
