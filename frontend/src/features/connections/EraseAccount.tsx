/** Confirms the erasure of a whole account; the user types its name. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { EraseDialog } from "@/components/EraseDialog";
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
      title="Erase this number?"
      confirmation={name}
      problem={erase.error && describeError(erase.error)}
      isBusy={erase.isPending}
      onErase={() => erase.mutate()}
      onClose={onClose}
      testId="erase-number"
    >
      <p>
        <strong>{name}</strong> and everything in it is removed for your whole team, and cannot be restored.
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
      You may want a copy.{" "}
      <Button
        size="small"
        onClick={() => show({ accountId: account.id, contactId: null, name: nameAccount(account) })}
        data-testid="export-first"
      >
        Export first…
      </Button>
    </p>
  );
}

function WhatGoes() {
  return (
    <>
      <h3>Removed</h3>
      <ul>
        <li>all chats, messages, contacts, pictures and files of this number, and its exports</li>
        <li>the link to WhatsApp: the number is disconnected, for everyone who shares it</li>
      </ul>
      <h3>Kept</h3>
      <ul>
        <li>usage counts, and the audit log, which holds no content</li>
        <li>everything on WhatsApp and on phones</li>
      </ul>
    </>
  );
}
