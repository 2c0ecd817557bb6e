/** Confirms the erasure of a contact; the user types a word. */
import { useMutation } from "@tanstack/react-query";
import { EraseDialog } from "@/components/EraseDialog";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";

const CONFIRMATION = "erase";

interface EraseContactProps {
  readonly accountId: number;
  readonly contactId: number;
  readonly name: string;
  readonly onClose: () => void;
}

export function EraseContact({ accountId, contactId, name, onClose }: EraseContactProps) {
  const api = useApi();
  const erase = useMutation({ mutationFn: () => api.eraseContact(accountId, contactId), onSuccess: onClose });
  return (
    <EraseDialog
      title="Erase this contact?"
      confirmation={CONFIRMATION}
      problem={erase.error && describeError(erase.error)}
      isBusy={erase.isPending}
      onErase={() => erase.mutate()}
      onClose={onClose}
      testId="erase-contact"
    >
      <p>
        <strong>{name}</strong> and all their data on this number is removed for your whole team, and cannot be
        restored.
      </p>
      <WhatGoes />
    </EraseDialog>
  );
}

function WhatGoes() {
  return (
    <>
      <h3>Removed</h3>
      <ul>
        <li>their name, number and picture, and this chat with both sides of it</li>
        <li>what they wrote in groups, their reactions, and quotes of their words</li>
        <li>files that no other message uses, and exports they may be in</li>
      </ul>
      <h3>Kept</h3>
      <ul>
        <li>what others wrote, also about them, and how many messages were counted</li>
        <li>everything on WhatsApp and on phones; what they write from now on is new</li>
      </ul>
    </>
  );
}
