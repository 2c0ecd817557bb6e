/** The text, time and condition of a planned message: chosen for a new one, or changed. */
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { CheckBox } from "@/components/CheckBox";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import { fieldValueOf } from "./times";
import styles from "./planned.module.css";

export interface Plan {
  readonly text: string;
  readonly at: Date;
  readonly cancels: boolean;
}

interface PlanDialogProps {
  readonly plan: Plan;
  readonly isNew: boolean;
  readonly onPlan: (plan: Plan) => void;
  readonly onClose: () => void;
}

export function PlanDialog({ plan, isNew, onPlan, onClose }: PlanDialogProps) {
  const [text, setText] = useState(plan.text);
  const [time, setTime] = useState(fieldValueOf(plan.at));
  const [cancels, setCancels] = useState(plan.cancels);
  const [now] = useState(() => fieldValueOf(new Date()));
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onPlan({ text: text.trim(), at: new Date(time), cancels });
    onClose();
  };
  return (
    <Dialog title={t(isNew ? "planned.new" : "planned.change")} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} data-testid="plan-form">
        <TextField label={t("planned.text")} required dir="auto" value={text} onChange={(event) => setText(event.target.value)} data-testid="plan-text" />
        <TextField label={t("planned.time")} type="datetime-local" required min={now} value={time} onChange={(event) => setTime(event.target.value)} data-testid="plan-time" />
        <CheckBox checked={cancels} onChange={(event) => setCancels(event.target.checked)}>{t("planned.cancels")}</CheckBox>
        <DialogButtons>
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button type="submit" tone="primary" data-testid="plan-save">{t("planned.plan")}</Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
