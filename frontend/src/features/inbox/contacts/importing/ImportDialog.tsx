/** Imports contacts in three steps: a file, what its columns are, and a review; then it shows the progress and the result. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Notice } from "@/components/Notice";
import { Select } from "@/components/Select";
import { t } from "@/i18n/translate";
import { nameAccount } from "@/lib/accounts";
import { useContactRoutes, type ImportRef } from "@/lib/api/contactRecords";
import { describeError } from "@/lib/api/errors";
import { fieldProblem } from "@/lib/api/fieldProblem";
import type { Account, ContactImport } from "@/types/wire";
import { ImportMapping } from "./ImportMapping";
import { ImportProgress } from "./ImportProgress";
import styles from "./importing.module.css";

interface ImportDialogProps {
  readonly accounts: readonly Account[];
  readonly accountId: number | null;
  readonly onClose: () => void;
}

/** While a worker is at it. */
const AGAIN_MS = 700;
const isBusy = (state: ContactImport["state"] | undefined): boolean => state === "checking" || state === "running";

function useImport(ref: ImportRef | null) {
  const api = useContactRoutes();
  const client = useQueryClient();
  const queryKey = ["contact-import", ref?.id] as const;
  const { data } = useQuery({
    queryKey,
    queryFn: ({ signal }) => api.fetchImport(ref ?? { account_id: 0, id: 0 }, signal),
    enabled: ref !== null,
    refetchInterval: (query) => (isBusy(query.state.data?.state) ? AGAIN_MS : false),
  });
  const isDone = data?.state === "done";
  useEffect(() => {
    if (isDone) void client.invalidateQueries({ queryKey: ["contacts"] });
  }, [client, isDone]);
  return { data, set: (next: ContactImport) => client.setQueryData(["contact-import", next.id], next) };
}

export function ImportDialog({ accounts, accountId, onClose }: ImportDialogProps) {
  const [ref, setRef] = useState<ImportRef | null>(null);
  const { data, set } = useImport(ref);
  const [isMapping, setIsMapping] = useState(true);
  const show = (next: ContactImport) => {
    set(next);
    setRef(next);
  };
  return (
    <Dialog title={t("records.importTitle")} variant="wide" onClose={onClose}>
      <div className={styles.form} data-testid="contacts-import-dialog">
        {data === undefined ? (
          <ChooseFile accounts={accounts} accountId={accountId} onUploaded={show} />
        ) : data.state === "uploaded" || (data.state === "checked" && isMapping) ? (
          <ImportMapping
            key={data.id}
            given={data}
            onChecked={(next) => {
              setIsMapping(false);
              show(next);
            }}
          />
        ) : (
          <ImportProgress given={data} onBack={() => setIsMapping(true)} onChanged={show} onClose={onClose} />
        )}
      </div>
    </Dialog>
  );
}

interface ChooseFileProps {
  readonly accounts: readonly Account[];
  readonly accountId: number | null;
  readonly onUploaded: (uploaded: ContactImport) => void;
}

function ChooseFile({ accounts, accountId, onUploaded }: ChooseFileProps) {
  const api = useContactRoutes();
  const input = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState(accountId ?? accounts[0]?.id ?? 0);
  const upload = useMutation({ mutationFn: (file: File) => api.uploadContacts(chosen, file), onSuccess: onUploaded });
  return (
    <>
      <p className={styles.about}>{t("records.importAbout")}</p>
      {accounts.length > 1 && (
        <Select label={t("records.importNumber")} value={chosen} onChange={(event) => setChosen(Number(event.target.value))}>
          {accounts.map((account) => <option key={account.id} value={account.id}>{nameAccount(account)}</option>)}
        </Select>
      )}
      <div aria-live="polite">{upload.isError && <Notice tone="bad">{fieldProblem(upload.error, "attachments") ?? describeError(upload.error)}</Notice>}</div>
      <DialogButtons>
        <Button tone="primary" isBusy={upload.isPending} onClick={() => input.current?.click()}>{t("records.chooseFile")}</Button>
      </DialogButtons>
      <input
        ref={input}
        type="file"
        accept=".csv,.txt,.tsv,text/csv"
        hidden
        aria-label={t("records.chooseFile")}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file !== undefined) upload.mutate(file);
          event.target.value = "";
        }}
        data-testid="contacts-import-file"
      />
    </>
  );
}
