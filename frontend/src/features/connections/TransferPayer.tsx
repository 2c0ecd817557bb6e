/** Transfers an account to another payer, after explaining the consequences. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { Loading, Skeleton } from "@/components/States";
import { Exact } from "@/components/Text";
import { nameAccount, setPayer, useNewest } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import type { Member } from "@/types/wire";
import type { Account } from "@/types/wire";
import { membersQuery } from "./members";
import consequencesStyles from "@/components/consequences.module.css";
import dialogStyles from "@/components/dialog.module.css";
import fieldStyles from "@/components/field.module.css";
import styles from "@/components/panels.module.css";

interface TransferPayerProps {
  readonly account: Account;
  readonly onClose: () => void;
}

export function TransferPayer({ account, onClose }: TransferPayerProps) {
  const members = useQuery(membersQuery(useApi(), account.id)).data;
  return (
    <Dialog title="Transfer this number?" onClose={onClose}>
      {members === undefined ? (
        <Loading label="Loading the members">
          <Skeleton className={styles.skeleton} />
        </Loading>
      ) : (
        <Question account={account} members={members} onClose={onClose} />
      )}
    </Dialog>
  );
}

function useHandingOver(accountId: number, onClose: () => void) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (userId: number) => api.setPayer(accountId, userId),
    onSuccess: ({ member }) => {
      setPayer(client, accountId, member.user_id);
      void client.invalidateQueries({ queryKey: membersQuery(api, accountId).queryKey });
      onClose();
    },
  });
}

interface QuestionProps extends TransferPayerProps {
  readonly members: readonly Member[];
}

function Question({ account: shown, members, onClose }: QuestionProps) {
  const account = useNewest(shown);
  const [chosen, setChosen] = useState("");
  const handingOver = useHandingOver(account.id, onClose);
  const payer = members.find(({ user_id }) => user_id === account.payer_id);
  const others = members.filter((member) => member !== payer && member.is_active);
  const newPayer = others.find(({ user_id }) => String(user_id) === chosen);
  return (
    <div className={consequencesStyles.consequences} data-testid="hand-over-question">
      <p>
        <strong translate="no">{nameAccount(account)}</strong> is paid for by the plan of <Exact>{payer?.name ?? "another user"}</Exact>.
      </p>
      {others.length === 0 ? (
        <p className="muted">This number has no other member. Add one first.</p>
      ) : (
        <ChoosePayer others={others} chosen={chosen} onChoose={setChosen} />
      )}
      <WhatChanges before={payer?.name ?? "the current payer"} after={newPayer?.name ?? "the new payer"} />
      {handingOver.error !== null && <Notice tone="bad">{describeError(handingOver.error)}</Notice>}
      <div className={dialogStyles.actions}>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          tone="primary"
          disabled={newPayer === undefined}
          isBusy={handingOver.isPending}
          onClick={() => newPayer !== undefined && handingOver.mutate(newPayer.user_id)}
          data-testid="confirm-hand-over"
        >
          Transfer
        </Button>
      </div>
    </div>
  );
}

interface ChoosePayerProps {
  readonly others: readonly Member[];
  readonly chosen: string;
  readonly onChoose: (userId: string) => void;
}

function ChoosePayer({ others, chosen, onChoose }: ChoosePayerProps) {
  const id = useId();
  return (
    <div className={fieldStyles.field}>
      <label htmlFor={id}>New payer</label>
      <select id={id} className={styles.select} value={chosen} onChange={(event) => onChoose(event.target.value)}>
        <option value="">Choose a member</option>
        {others.map(({ user_id, name, email }) => (
          <option key={user_id} value={user_id}>
            {`${name} (${email})`}
          </option>
        ))}
      </select>
    </div>
  );
}

function WhatChanges({ before, after }: { readonly before: string; readonly after: string }) {
  return (
    <ul>
      <li>{`The plan of ${after} needs a free slot for it and counts its messages from now on.`}</li>
      <li>{`Usage counted so far stays with ${before}.`}</li>
      <li>{`Both will be owners of the number, and ${before} can be removed from it.`}</li>
    </ul>
  );
}
