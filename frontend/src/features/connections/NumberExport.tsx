/** The way to an export of a whole number. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { nameAccount } from "@/lib/accounts";
import type { Account } from "@/types/wire";
import { Exports } from "./Exports";

export function NumberExport({ account }: { readonly account: Account }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button size="small" tone="quiet" onClick={() => setIsOpen(true)} data-testid="account-export">
        Export…
      </Button>
      {isOpen && (
        <Exports accountId={account.id} contactId={null} name={nameAccount(account)} onClose={() => setIsOpen(false)} />
      )}
    </>
  );
}
