/** Exports the contacts of a number as a table, and opens the import; for who manages it. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { useToasts } from "@/components/Toast";
import { t } from "@/i18n/translate";
import { useAccounts } from "@/lib/accounts";
import { useContactRoutes } from "@/lib/api/contactRecords";
import { describeError } from "@/lib/api/errors";
import { lazyPart } from "@/lib/lazyPart";
import { useCan } from "@/lib/rights";
import { saveBlob } from "@/lib/saveBlob";
import styles from "./importing.module.css";

const ImportDialog = lazyPart(async () => (await import("./ImportDialog")).ImportDialog, { preloading: "never" });

export function Transfer({ accountId }: { readonly accountId: number | null }) {
  const api = useContactRoutes();
  const can = useCan();
  const toasts = useToasts();
  const [isOpen, setIsOpen] = useState(false);
  const managed = (useAccounts().data ?? []).filter((account) => can("manage_number", account));
  const account = managed.find(({ id }) => id === accountId) ?? (managed.length === 1 ? managed[0] : undefined);
  const save = useMutation({
    mutationFn: async (id: number) => saveBlob(await api.exportContacts(id), "contacts.csv"),
    onError: (error) => toasts.show({ text: describeError(error) }),
  });
  if (managed.length === 0) return null;
  return (
    <div className={styles.buttons}>
      {account !== undefined && (
        <Button size="small" isBusy={save.isPending} onClick={() => save.mutate(account.id)} data-testid="contacts-export">{t("records.export")}</Button>
      )}
      <Button size="small" onClick={() => setIsOpen(true)} data-testid="contacts-import">{t("records.import")}</Button>
      {isOpen && <ImportDialog accounts={managed} accountId={account?.id ?? null} onClose={() => setIsOpen(false)} />}
    </div>
  );
}
