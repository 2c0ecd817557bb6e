/** Transfers an account to another payer, after explaining the consequences. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Notice } from "@/components/Notice";
import { Select } from "@/components/Select";
import { Loading, Skeleton } from "@/components/States";
import { Translated } from "@/i18n/Translated";
import { t } from "@/i18n/translate";
import { nameAccount, setPayer, useNewest } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { isolate } from "@/lib/texts";
import type { Member } from "@/types/wire";
import type { Account } from "@/types/wire";
import { membersQuery } from "@/lib/members";
import consequencesStyles from "@/components/consequences.module.css";
import styles from "@/components/panels.module.css";

interface TransferPayerProps {
  readonly account: Account;
  readonly onClose: () => void;
}

export function TransferPayer({ account, onClose }: TransferPayerProps) {
  const members = useQuery(membersQuery(useApi(), account.id)).data;
  return (
    <Dialog title={t("numbers.transfer.title")} onClose={onClose}>
      {members === undefined ? (
        <Loading label={t("numbers.members.loading")}>
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
        <Translated
          id="numbers.transfer.text"
          values={{ name: nameAccount(account), payer: payer?.name ?? t("numbers.transfer.other") }}
          components={{ b: <strong translate="no" />, payer: <bdi translate="no" /> }}
        />
      </p>
      {others.length === 0 ? (
        <p className="muted">{t("numbers.transfer.none")}</p>
      ) : (
        <ChoosePayer others={others} chosen={chosen} onChoose={setChosen} />
      )}
      <WhatChanges before={payer?.name ?? t("numbers.transfer.current")} after={newPayer?.name ?? t("numbers.transfer.next")} />
      {handingOver.error !== null && <Notice tone="bad">{describeError(handingOver.error)}</Notice>}
      <DialogButtons>
        <Button onClick={onClose}>{t("app.cancel")}</Button>
        <Button
          tone="primary"
          disabled={newPayer === undefined}
          isBusy={handingOver.isPending}
          onClick={() => newPayer !== undefined && handingOver.mutate(newPayer.user_id)}
          data-testid="confirm-hand-over"
        >
          {t("numbers.transfer.confirm")}
        </Button>
      </DialogButtons>
    </div>
  );
}

interface ChoosePayerProps {
  readonly others: readonly Member[];
  readonly chosen: string;
  readonly onChoose: (userId: string) => void;
}

function ChoosePayer({ others, chosen, onChoose }: ChoosePayerProps) {
  return (
    <Select label={t("numbers.transfer.label")} value={chosen} onChange={(event) => onChoose(event.target.value)}>
      <option value="">{t("numbers.members.choose")}</option>
      {others.map(({ user_id, name, email }) => (
        <option key={user_id} value={user_id}>
          {`${name} (${email})`}
        </option>
      ))}
    </Select>
  );
}

function WhatChanges({ before, after }: { readonly before: string; readonly after: string }) {
  return (
    <ul>
      <li>{t("numbers.transfer.slot", { name: isolate(after) })}</li>
      <li>{t("numbers.transfer.counted", { name: isolate(before) })}</li>
      <li>{t("numbers.transfer.owners", { name: isolate(before) })}</li>
    </ul>
  );
}
