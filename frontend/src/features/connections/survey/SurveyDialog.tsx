/** What a number asks after a conversation, when, and how it thanks. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { CheckBox } from "@/components/CheckBox";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Notice } from "@/components/Notice";
import { TextField } from "@/components/TextField";
import fieldStyles from "@/components/field.module.css";
import { t } from "@/i18n/translate";
import { nameAccount } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import type { SurveyBody } from "@/lib/api/surveys";
import { isBlank, isolate } from "@/lib/texts";
import type { Account, SurveySettings } from "@/types/wire";
import { settingsKey } from "./settingsKey";
import styles from "./survey.module.css";

const MAX_TEXT = 1000;

interface SurveyDialogProps {
  readonly account: Account;
  readonly settings: SurveySettings;
  readonly onClose: () => void;
}

/** The fields as they are shown: a default text stands where none was written. */
function useFields({ defaults, ...settings }: SurveySettings) {
  const [isOn, setOn] = useState(settings.is_on);
  const [question, setQuestion] = useState(settings.question ?? defaults.question);
  const [thanks, setThanks] = useState(settings.thanks ?? defaults.thanks);
  const [delay, setDelay] = useState(String(settings.delay_minutes));
  const [pause, setPause] = useState(String(settings.pause_days));
  const body: SurveyBody = {
    is_on: isOn,
    question: question.trim() === defaults.question ? null : question.trim(),
    thanks: thanks.trim() === defaults.thanks ? null : thanks.trim(),
    delay_minutes: Number(delay),
    pause_days: Number(pause),
  };
  const reset = () => {
    setQuestion(defaults.question);
    setThanks(defaults.thanks);
  };
  const isDefault = body.question === null && body.thanks === null;
  return { isOn, setOn, question, setQuestion, thanks, setThanks, delay, setDelay, pause, setPause, body, reset, isDefault };
}

export function SurveyDialog({ account, settings, onClose }: SurveyDialogProps) {
  const api = useApi();
  const client = useQueryClient();
  const fields = useFields(settings);
  const save = useMutation({
    mutationFn: (body: SurveyBody) => api.putSurveySettings(account.id, body),
    onSuccess: (stored) => {
      client.setQueryData(settingsKey(account.id), stored);
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate(fields.body);
  };
  return (
    <Dialog title={t("ratings.dialog", { name: isolate(nameAccount(account)) })} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} data-testid="survey-form">
        <CheckBox checked={fields.isOn} onChange={(event) => fields.setOn(event.target.checked)} detail={t("ratings.dialog.about")} data-testid="survey-on">
          {t("ratings.dialog.on")}
        </CheckBox>
        <TextArea label={t("ratings.question")} required value={fields.question} onChange={fields.setQuestion} testId="survey-question" />
        <TextArea label={t("ratings.thanks")} hint={t("ratings.thanksHint")} value={fields.thanks} onChange={fields.setThanks} testId="survey-thanks" />
        <Times {...fields} />
        <div aria-live="polite">{save.error !== null && <Notice tone="bad">{describeError(save.error)}</Notice>}</div>
        <DialogButtons>
          {!fields.isDefault && <Button tone="quiet" className={styles.reset} onClick={fields.reset}>{t("ratings.reset")}</Button>}
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button type="submit" tone="primary" disabled={isBlank(fields.question)} isBusy={save.isPending} data-testid="survey-save">{t("ratings.store")}</Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

type TimesProps = Pick<ReturnType<typeof useFields>, "delay" | "setDelay" | "pause" | "setPause">;

function Times({ delay, setDelay, pause, setPause }: TimesProps) {
  return (
    <div className={styles.times}>
      <TextField label={t("ratings.delay")} type="number" required min={1} max={1440} value={delay} onChange={(event) => setDelay(event.target.value)} data-testid="survey-delay" />
      <TextField label={t("ratings.pause")} type="number" required min={1} max={365} value={pause} onChange={(event) => setPause(event.target.value)} data-testid="survey-pause" />
    </div>
  );
}

interface TextAreaProps {
  readonly label: string;
  readonly hint?: string;
  readonly required?: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly testId: string;
}

function TextArea({ label, hint, required, value, onChange, testId }: TextAreaProps) {
  const id = useId();
  return (
    <div className={fieldStyles.field}>
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        rows={3}
        dir="auto"
        required={required}
        maxLength={MAX_TEXT}
        value={value}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
        data-testid={testId}
      />
      {hint !== undefined && <span className={fieldStyles.hint} id={`${id}-hint`}>{hint}</span>}
    </div>
  );
}
