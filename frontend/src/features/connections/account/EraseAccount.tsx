/** Confirms the erasure of a whole account; the user types its name. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { EraseDialog } from "@/components/EraseDialog";
import { Text } from "@/components/Text";
import { Translated } from "@/i18n/Translated";
import { t } from "@/i18n/translate";
import { nameAccount, removeAccount } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { useExporting } from "@/lib/exporting";
import type { Account } from "@/types/wire";
import { ERASURES_KEY } from "./erasures";

interface EraseAccountProps {
  readonly account: Account;
  readonly onClose: () => void;
}

export function EraseAccount({ account, onClose }: EraseAccountProps) {
  const name = nameAccount(account);
  const erase = useErasing(account.id, onClose);
  return (
    <EraseDialog
      title={t("numbers.delete.title")}
      confirmation={name}
      problem={erase.error && describeError(erase.error)}
      isBusy={erase.isPending}
      onErase={() => erase.mutate()}
      onClose={onClose}
      testId="erase-number"
    >
      <p>
        <Translated id="numbers.delete.text" values={{ name }} components={{ b: <strong translate="no" /> }} />
      </p>
      <WhatGoes />
      <ExportFirst account={account} />
    </EraseDialog>
  );
}

function useErasing(accountId: number, onClose: () => void) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.eraseAccount(accountId),
    onSuccess: async () => {
      removeAccount(client, accountId);
      onClose();
      await client.invalidateQueries({ queryKey: ERASURES_KEY });
    },
  });
}

function ExportFirst({ account }: { readonly account: Account }) {
  const show = useExporting();
  return (
    <p>
      <Text>{t("numbers.delete.copy")}</Text>{" "}
      <Button
        size="small"
        onClick={() => show({ accountId: account.id, contactId: null, name: nameAccount(account) })}
        data-testid="export-first"
      >
        {t("numbers.delete.export")}
      </Button>
    </p>
  );
}

function WhatGoes() {
  return (
    <>
      <h3>{t("numbers.delete.gone")}</h3>
      <ul>
        <li>{t("numbers.delete.chats")}</li>
        <li>{t("numbers.delete.link")}</li>
      </ul>
      <h3>{t("numbers.delete.stays")}</h3>
      <ul>
        <li>{t("numbers.delete.counts")}</li>
        <li>{t("numbers.delete.phones")}</li>
      </ul>
    </>
  );
}
