/** The setting whether contacts get read receipts. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { applyAccount } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import type { Account } from "@/types/wire";
import panelsStyles from "@/components/panels.module.css";
import styles from "./account-card.module.css";

export function ReadReceipts({ account }: { readonly account: Account }) {
  const api = useApi();
  const client = useQueryClient();
  const id = useId();
  const change = useMutation({
    mutationFn: (isOn: boolean) => api.setReadReceipts(account.id, isOn),
    onSuccess: (row) => applyAccount(client, row),
  });
  return (
    <div className={styles.setting}>
      <label htmlFor={id}>
        Tell contacts when their messages were read
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
        checked={change.isPending ? change.variables : account.read_receipts}
        disabled={change.isPending}
        onChange={(event) => change.mutate(event.target.checked)}
        data-testid="account-read-receipts"
      />
    </div>
  );
}
