/** A setting of an account that is on or off. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { Text } from "@/components/Text";
import { applyAccount } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import type { Account } from "@/types/wire";
import panelsStyles from "@/components/panels.module.css";
import styles from "./account-card.module.css";

interface SwitchSettingProps {
  readonly account: Account;
  readonly name: "read_receipts" | "category_required";
  readonly label: string;
  readonly testId: string;
}

export function SwitchSetting({ account, name, label, testId }: SwitchSettingProps) {
  const api = useApi();
  const client = useQueryClient();
  const id = useId();
  const change = useMutation({
    mutationFn: (isOn: boolean) => api.changeAccount(account.id, { [name]: isOn }),
    onSuccess: (row) => applyAccount(client, row),
  });
  return (
    <div className={styles.setting}>
      <label htmlFor={id}>
        <Text>{label}</Text>
        {change.error !== null && (
          <span className={panelsStyles.problem} role="alert">
            {describeError(change.error)}
          </span>
        )}
      </label>
      <input
        id={id}
        type="checkbox"
        role="switch"
        className={styles.switch}
        checked={change.isPending ? change.variables : account[name]}
        disabled={change.isPending}
        onChange={(event) => change.mutate(event.target.checked)}
        data-testid={testId}
      />
    </div>
  );
}
