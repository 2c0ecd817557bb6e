/** The settings of a number that say who gets its new chats, and how many each. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { LimitField } from "@/components/LimitField";
import { Select } from "@/components/Select";
import { t } from "@/i18n/translate";
import { applyAccount } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { listModes, MOST_CHATS, readMode } from "@/lib/assigning";
import type { Account, AssignmentMode } from "@/types/wire";
import panelsStyles from "@/components/panels.module.css";
import styles from "./account-card.module.css";

type Changes = Partial<Pick<Account, "assignment_mode" | "chat_limit">>;

export function AssignmentSetting({ account }: { readonly account: Account }) {
  const api = useApi();
  const client = useQueryClient();
  const id = useId();
  const change = useMutation({
    mutationFn: (changes: Changes) => api.changeAccount(account.id, changes),
    // One after the other: the last answer has them all.
    scope: { id: `assignment-${account.id}` },
    onSuccess: (row) => applyAccount(client, row),
  });
  const { assignment_mode, chat_limit } = { ...account, ...(change.isPending ? change.variables : {}) };
  return (
    <>
      <div className={styles.setting}>
        <div>
          <label htmlFor={id}>{t("assigning.newChats")}</label>
          {change.error !== null && (
            <span className={panelsStyles.problem} role="alert">
              {describeError(change.error)}
            </span>
          )}
        </div>
        <Mode id={id} value={assignment_mode} isBusy={change.isPending} onChange={(mode) => change.mutate({ assignment_mode: mode })} />
      </div>
      {assignment_mode !== "manual" && <Limit value={chat_limit} isBusy={change.isPending} onChange={(limit) => change.mutate({ chat_limit: limit })} />}
    </>
  );
}

interface ModeProps {
  readonly id: string;
  readonly value: AssignmentMode;
  readonly isBusy: boolean;
  readonly onChange: (value: AssignmentMode) => void;
}

function Mode({ id, value, isBusy, onChange }: ModeProps) {
  return (
    <Select
      id={id}
      className={styles.retention}
      value={value}
      aria-busy={isBusy}
      onChange={(event) => onChange(readMode(event.target.value) ?? "manual")}
      data-testid="account-assignment"
    >
      {listModes().map(([mode, name]) => (
        <option key={mode} value={mode}>
          {name}
        </option>
      ))}
    </Select>
  );
}

interface LimitProps {
  readonly value: number | null;
  readonly isBusy: boolean;
  readonly onChange: (value: number | null) => void;
}

function Limit(props: LimitProps) {
  const id = useId();
  return (
    <>
      <div className={styles.setting}>
        <label htmlFor={id}>{t("assigning.limit")}</label>
        <LimitField id={id} max={MOST_CHATS} placeholder={t("assigning.limit.none")} {...props} testId="account-chat-limit" />
      </div>
      <p className={styles.about}>{t("assigning.about")}</p>
    </>
  );
}
