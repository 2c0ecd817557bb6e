/** The setting how long an account keeps its messages. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Text } from "@/components/Text";
import { applyAccount } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import type { Account } from "@/types/wire";
import { classes } from "@/components/classes";
import panelsStyles from "@/components/panels.module.css";
import dialogStyles from "@/components/dialog.module.css";
import styles from "./account-card.module.css";

const CHOICES: readonly (readonly [days: number, name: string])[] = [
  [30, "30 days"],
  [90, "90 days"],
  [365, "A year"],
  [1095, "Three years"],
];

const nameOf = (days: number): string => CHOICES.find(([known]) => known === days)?.[1] ?? `${days} days`;

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
      <label htmlFor={id}>
        Keep messages for
        {change.error !== null && (
          <span className={panelsStyles.problem} role="alert">
            {describeError(change.error)}
          </span>
        )}
      </label>
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
  const days = new Set([...CHOICES.map(([value]) => value), ...(current === null ? [] : [current])]);
  return (
    <select
      id={id}
      className={classes(panelsStyles.select, styles.retention)}
      value={current ?? ""}
      aria-busy={isBusy}
      onChange={(event) => onChoose(event.target.value)}
      data-testid="account-retention"
    >
      <option value="">As long as the number exists</option>
      {[...days].map((value) => (
        <option key={value} value={value}>
          {nameOf(value)}
        </option>
      ))}
    </select>
  );
}

interface ConfirmRetentionProps {
  readonly days: number;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}

function ConfirmRetention({ days, onClose, onConfirm }: ConfirmRetentionProps) {
  return (
    <Dialog title="Remove older messages?" onClose={onClose}>
      <p>
        Messages sent more than <Text>{nameOf(days).toLowerCase()}</Text> ago are removed here with their files, now and in future, and
        cannot be restored. Chats, contacts and usage counts stay, and so does everything on the phone.
      </p>
      <div className={dialogStyles.actions}>
        <Button onClick={onClose}>Keep them</Button>
        <Button tone="danger" onClick={onConfirm} data-testid="confirm-retention">
          Remove older ones
        </Button>
      </div>
    </Dialog>
  );
}
