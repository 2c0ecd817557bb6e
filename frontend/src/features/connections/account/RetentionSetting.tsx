/** The setting how long an account keeps its messages. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Select } from "@/components/Select";
import { t } from "@/i18n/translate";
import { applyAccount } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import type { Account } from "@/types/wire";
import panelsStyles from "@/components/panels.module.css";
import styles from "./account-card.module.css";

const CHOICES = [30, 90, 365, 1095];
const YEAR = 365;

const nameOf = (days: number): string =>
  days % YEAR === 0 ? t("numbers.retention.years", { count: days / YEAR }) : t("numbers.retention.days", { count: days });

export function RetentionSetting({ account }: { readonly account: Account }) {
  const api = useApi();
  const client = useQueryClient();
  const id = useId();
  const [asked, setAsked] = useState<number | null>(null);
  const change = useMutation({
    mutationFn: (days: number | null) => api.setRetention(account.id, days),
    onSuccess: (row) => applyAccount(client, row),
  });
  const current = account.retention_days ?? null;
  const choose = (value: string) => {
    const days = value === "" ? null : Number(value);
    // Shortening the period deletes messages, so it is confirmed first.
    if (days !== null && (current === null || days < current)) setAsked(days);
    else change.mutate(days);
  };
  return (
    <div className={styles.setting}>
      <div>
        <label htmlFor={id}>{t("numbers.retention")}</label>
        {change.error !== null && (
          <span className={panelsStyles.problem} role="alert">
            {describeError(change.error)}
          </span>
        )}
      </div>
      <Choice id={id} current={current} isBusy={change.isPending} onChoose={choose} />
      {asked !== null && (
        <ConfirmRetention
          days={asked}
          onClose={() => setAsked(null)}
          onConfirm={() => {
            change.mutate(asked);
            setAsked(null);
          }}
        />
      )}
    </div>
  );
}

interface ChoiceProps {
  readonly id: string;
  readonly current: number | null;
  readonly isBusy: boolean;
  readonly onChoose: (value: string) => void;
}

function Choice({ id, current, isBusy, onChoose }: ChoiceProps) {
  const days = new Set([...CHOICES, ...(current === null ? [] : [current])]);
  return (
    <Select
      id={id}
      className={styles.retention}
      value={current ?? ""}
      aria-busy={isBusy}
      onChange={(event) => onChoose(event.target.value)}
      data-testid="account-retention"
    >
      <option value="">{t("numbers.retention.forever")}</option>
      {[...days].map((value) => (
        <option key={value} value={value}>
          {nameOf(value)}
        </option>
      ))}
    </Select>
  );
}

interface ConfirmRetentionProps {
  readonly days: number;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}

function ConfirmRetention({ days, onClose, onConfirm }: ConfirmRetentionProps) {
  return (
    <Dialog title={t("numbers.retention.title")} onClose={onClose}>
      <p>{t("numbers.retention.text", { period: nameOf(days) })}</p>
      <DialogButtons>
        <Button onClick={onClose}>{t("app.cancel")}</Button>
        <Button tone="danger" onClick={onConfirm} data-testid="confirm-retention">
          {t("app.delete")}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
