/** Requests an export, shows its progress, and downloads it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { CheckBox } from "@/components/CheckBox";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Notice } from "@/components/Notice";
import { Exact } from "@/components/Text";
import { Translated } from "@/i18n/Translated";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { formatExact } from "@/lib/time";
import type { Export } from "@/types/wire";
import consequencesStyles from "@/components/consequences.module.css";
import panelsStyles from "@/components/panels.module.css";
import styles from "./exports.module.css";

const POLL_MS = 1500;

const isUnderWay = ({ state }: Export): boolean => state === "waiting" || state === "running";

interface ExportsProps {
  readonly accountId: number;
  /** Null exports the whole account. */
  readonly contactId: number | null;
  readonly name: string;
  readonly onClose: () => void;
}

function useExports(accountId: number) {
  const api = useApi();
  return useQuery({
    queryKey: ["exports", accountId],
    queryFn: ({ signal }) => api.listExports(accountId, signal),
    staleTime: 0,
    gcTime: 0,
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? POLL_MS : false),
  });
}

export function Exports({ accountId, contactId, name, onClose }: ExportsProps) {
  const api = useApi();
  const client = useQueryClient();
  const [withMedia, setWithMedia] = useState(false);
  const { data, error } = useExports(accountId);
  const request = useMutation({
    mutationFn: () => api.requestExport(accountId, contactId, withMedia),
    onSettled: () => client.invalidateQueries({ queryKey: ["exports", accountId] }),
  });
  const isBusy = data?.some(isUnderWay) ?? false;
  const problem = request.error ?? error;
  return (
    <Dialog title={t("privacy.export.title")} onClose={onClose}>
      <div className={consequencesStyles.consequences} data-testid="exports">
        <p>
          <Translated id="privacy.export.about" values={{ name }} components={{ b: <strong translate="no" /> }} />
        </p>
        <CheckBox checked={withMedia} onChange={(event) => setWithMedia(event.target.checked)}>
          {t("privacy.export.media")}
        </CheckBox>
        {problem !== null && <Notice tone="bad">{describeError(problem)}</Notice>}
        <DialogButtons>
          <Button tone="primary" disabled={isBusy} isBusy={request.isPending} onClick={() => request.mutate()} data-testid="request-export">
            {isBusy ? t("privacy.export.busy") : t("privacy.export.create")}
          </Button>
        </DialogButtons>
        <ul className={styles.exports}>
          {data?.map((row) => row.contact_id === contactId && <ExportRow key={row.id} row={row} />)}
        </ul>
      </div>
    </Dialog>
  );
}

function describe({ state, messages: count, with_media, expires_at }: Export): string {
  if (state === "failed") return t("privacy.export.failed");
  if (state === "waiting") return t("privacy.export.queued");
  if (state === "running") return t("privacy.export.running", { count });
  return t(with_media ? "privacy.export.readyMedia" : "privacy.export.ready", { count, time: formatExact(expires_at ?? "") });
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function ExportRow({ row }: { readonly row: Export }) {
  const api = useApi();
  const fetching = useMutation({
    mutationFn: () => api.fetchExport(row.account_id, row.id),
    onSuccess: (blob) => save(blob, `confab-export-${row.id}.zip`),
  });
  return (
    <li data-testid="export" data-state={row.state}>
      <span role="status">
        <Exact>{formatExact(row.created_at)}</Exact>
        <small>{describe(row)}</small>
        {fetching.error !== null && <small className={panelsStyles.problem}>{describeError(fetching.error)}</small>}
      </span>
      {row.state === "ready" && (
        <Button size="small" isBusy={fetching.isPending} onClick={() => fetching.mutate()} data-testid="save-export">
          {t("privacy.export.save")}
        </Button>
      )}
    </li>
  );
}
