/** Opens the exports of a whole account. */
import { Button } from "@/components/Button";
import { nameAccount } from "@/lib/accounts";
import { useExporting } from "@/lib/exporting";
import type { Account } from "@/types/wire";

export function AccountExport({ account }: { readonly account: Account }) {
  const show = useExporting();
  const request = { accountId: account.id, contactId: null, name: nameAccount(account) };
  return (
    <Button size="small" tone="quiet" onClick={() => show(request)} data-testid="account-export">
      Export…
    </Button>
  );
}
