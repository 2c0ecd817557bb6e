/** Asks, with a word to type, before somebody is erased: says what goes and what stays. */
import { useMutation } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { TextField } from "@/components/TextField";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import "@/components/consequences.css";

const WORD = "erase";

interface EraseContactProps {
  readonly accountId: number;
  readonly contactId: number;
  readonly name: string;
  readonly onClose: () => void;
}

export function EraseContact({ accountId, contactId, name, onClose }: EraseContactProps) {
  const api = useApi();
  const [typed, setTyped] = useState("");
  const erase = useMutation({ mutationFn: () => api.eraseContact(accountId, contactId), onSuccess: onClose });
  const isMeant = typed.trim().toLowerCase() === WORD;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (isMeant) erase.mutate();
  };
  return (
    <Dialog title="Erase this contact?" onClose={onClose}>
      <form className="consequences" onSubmit={submit} data-testid="erase-contact">
        <p>
          <strong>{name}</strong> and everything of theirs on this number is removed for your whole team, and cannot be
          brought back.
        </p>
        <WhatGoes />
        <TextField
          label={`Type “${WORD}” to confirm`}
          value={typed}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
        />
        {erase.error !== null && <Notice tone="bad">{describeError(erase.error)}</Notice>}
        <div className="dialog-actions">
          <Button onClick={onClose}>Keep it</Button>
          <Button tone="danger" type="submit" disabled={!isMeant} isBusy={erase.isPending} data-testid="confirm-erase">
            Erase for good
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function WhatGoes() {
  return (
    <>
      <h3>What goes</h3>
      <ul>
        <li>their name, number and picture, and this chat with both sides of it</li>
        <li>what they wrote in groups, their reactions, and quotes of their words</li>
        <li>files that no other message uses, and exports they may be in</li>
      </ul>
      <h3>What stays</h3>
      <ul>
        <li>what others wrote, also about them, and how many messages were counted</li>
        <li>everything on WhatsApp and on phones; what they write from now on is new</li>
      </ul>
    </>
  );
}
