/** Exports the canned replies, and imports a file: what could not be imported is listed with the reason. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { saveBlob } from "@/lib/saveBlob";
import { isolate } from "@/lib/texts";
import type { ImportedReplies } from "@/types/wire";
import { REPLIES_KEY } from "@/lib/replies/queries";
import styles from "./replies.module.css";

type Format = "json" | "csv";

function readJson(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    return { csv: text };
  }
}

const bodyOf = async (file: File): Promise<object> => {
  const text = await file.text();
  return file.name.toLowerCase().endsWith(".json") ? readJson(text) : { csv: text };
};

function useTransfer() {
  const api = useApi();
  const client = useQueryClient();
  const save = useMutation({ mutationFn: async (format: Format) => saveBlob(await api.exportReplies(format), `canned-replies.${format}`) });
  const read = useMutation({
    mutationFn: async (file: File) => api.importReplies(await bodyOf(file)),
    onSettled: () => client.invalidateQueries({ queryKey: REPLIES_KEY }),
  });
  return { save, read };
}

export function Transfer({ canImport }: { readonly canImport: boolean }) {
  const { save, read } = useTransfer();
  const input = useRef<HTMLInputElement>(null);
  const error = save.error ?? read.error;
  return (
    <>
      <div className={styles.variables}>
        <Button size="small" isBusy={save.isPending} onClick={() => save.mutate("csv")} data-testid="replies-export-csv">{t("replies.exportCsv")}</Button>
        <Button size="small" onClick={() => save.mutate("json")}>{t("replies.exportJson")}</Button>
        {canImport && <Button size="small" isBusy={read.isPending} onClick={() => input.current?.click()}>{t("replies.import")}</Button>}
        <input
          ref={input}
          type="file"
          accept=".csv,.json,text/csv,application/json"
          hidden
          aria-label={t("replies.import")}
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file !== undefined) read.mutate(file);
            event.target.value = "";
          }}
          data-testid="replies-import"
        />
      </div>
      <div aria-live="polite">
        {error !== null && <Notice tone="bad">{describeError(error)}</Notice>}
        {read.data !== undefined && <Result result={read.data} />}
      </div>
    </>
  );
}

function Result({ result: { imported, rejected } }: { readonly result: ImportedReplies }) {
  return (
    <Notice tone={rejected.length === 0 ? "info" : "warn"}>
      <Text>{t("replies.imported", { count: imported })}</Text>
      {rejected.length > 0 && (
        <ul className={styles.rejected} data-testid="replies-rejected">
          {rejected.map(({ row, name, fields }) => <li key={row}>{t("replies.rejected", { row, name: isolate(name), reason: Object.values(fields).flat().join(" ") })}</li>)}
        </ul>
      )}
    </Notice>
  );
}
