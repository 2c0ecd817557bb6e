/** Asks, with the number's name to type, before a whole number is erased: says what goes and what stays. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { TextField } from "@/components/TextField";
import { nameAccount, removeAccount } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { useExporting } from "@/lib/exporting";
import type { Account } from "@/types/wire";
import { ERASURES_KEY } from "./erasures";
import "@/components/consequences.css";

interface EraseNumberProps {
  readonly account: Account;
  readonly onClose: () => void;
}

/** Blanks and capitals are not what somebody means by a name. */
const plain = (text: string) => text.replace(/\s+/g, "").toLowerCase();

export function EraseNumber({ account, onClose }: EraseNumberProps) {
  const [typed, setTyped] = useState("");
  const name = nameAccount(account);
  const isMeant = plain(typed) === plain(name);
  const erase = useErasing(account.id, onClose);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (isMeant) erase.mutate();
  };
  return (
    <Dialog title="Erase this number?" onClose={onClose}>
      <form className="consequences" onSubmit={submit} data-testid="erase-number">
        <p>
          <strong>{name}</strong> and everything in it is removed for your whole team, and cannot be brought back.
        </p>
        <WhatGoes />
        <ExportFirst account={account} />
        <TextField
          label={`Type “${name}” to confirm`}
          value={typed}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
        />
        {erase.error !== null && <Notice tone="bad">{describeError(erase.error)}</Notice>}
        <div className="dialog-actions">
          <Button onClick={onClose}>Keep it</Button>
          <Button tone="danger" type="submit" disabled={!isMeant} isBusy={erase.isPending} data-testid="confirm-erase-number">
            Erase for good
          </Button>
        </div>
      </form>
    </Dialog>
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
      <h3>What goes</h3>
      <ul>
        <li>all chats, messages, people, pictures and files of this number, and its exports</li>
        <li>the link to WhatsApp: the number is disconnected, for everybody who shares it</li>
      </ul>
      <h3>What stays</h3>
      <ul>
        <li>how many messages were counted, and the audit log, which holds no content</li>
        <li>everything on WhatsApp and on phones</li>
      </ul>
    </>
  );
}
