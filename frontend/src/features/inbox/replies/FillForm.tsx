/** Asks for the values of variables that have none, with the text as it will be inserted. */
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Text } from "@/components/Text";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import type { CannedReply } from "@/types/wire";
import { nameVariable } from "@/lib/replies/nameVariable";
import { missingIn, resolve, type Values } from "@/lib/replies/variables";
import styles from "./reply-picker.module.css";

interface FillFormProps {
  readonly reply: CannedReply;
  readonly values: Values;
  readonly onFilled: (values: Values) => void;
  readonly onClose: () => void;
}

export function FillForm({ reply, values, onFilled, onClose }: FillFormProps) {
  const missing = missingIn(reply.text, values);
  const [filled, setFilled] = useState<Values>({});
  const all = { ...values, ...filled };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onFilled(all);
  };
  return (
    <Dialog title={t("replies.fill.title")} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} data-testid="reply-fill">
        {missing.map((variable) => (
          <TextField
            key={variable}
            label={nameVariable(variable)}
            required
            maxLength={200}
            value={filled[variable] ?? ""}
            onChange={(event) => setFilled({ ...filled, [variable]: event.target.value })}
          />
        ))}
        <p className={styles.filled} dir="auto"><Text>{resolve(reply.text, all)}</Text></p>
        <div className={styles.buttons}>
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button type="submit" tone="primary" data-testid="reply-insert">{t("replies.fill.insert")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
