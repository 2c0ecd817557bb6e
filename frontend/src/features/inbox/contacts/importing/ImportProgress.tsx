/** How far an import is, what its check has found, and what has become of its rows. */
import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { DialogButtons } from "@/components/DialogButtons";
import { Notice } from "@/components/Notice";
import { Exact } from "@/components/Text";
import { t } from "@/i18n/translate";
import { useContactRoutes } from "@/lib/api/contactRecords";
import { describeError } from "@/lib/api/errors";
import { formatCount } from "@/lib/counts";
import { saveBlob } from "@/lib/saveBlob";
import type { ContactImport } from "@/types/wire";
import { RejectedRows } from "./RejectedRows";
import styles from "./importing.module.css";

interface ImportProgressProps {
  readonly given: ContactImport;
  readonly onBack: () => void;
  readonly onChanged: (changed: ContactImport) => void;
  readonly onClose: () => void;
}

const isWorking = ({ state }: ContactImport): boolean => state === "checking" || state === "running";

export function ImportProgress(props: ImportProgressProps) {
  const { given } = props;
  return isWorking(given) ? <Working {...props} /> : <Ended {...props} />;
}

function Working({ given, onClose }: ImportProgressProps) {
  const api = useContactRoutes();
  const stop = useMutation({ mutationFn: () => api.deleteImport(given), onSuccess: onClose });
  return (
    <>
      <Progress given={given} />
      <Problem error={stop.error} />
      <DialogButtons>
        <Button isBusy={stop.isPending} onClick={() => stop.mutate()}>{t("records.stop")}</Button>
        <Button onClick={onClose}>{t("app.close")}</Button>
      </DialogButtons>
    </>
  );
}

function Ended({ given, onBack, onChanged, onClose }: ImportProgressProps) {
  const api = useContactRoutes();
  const start = useMutation({ mutationFn: () => api.startImport(given), onSuccess: onChanged });
  const save = useMutation({ mutationFn: async () => saveBlob(await api.fetchRejected(given), "contacts-rejected.csv") });
  return (
    <>
      <Result given={given} />
      {given.rejected > 0 && <RejectedRows given={given} />}
      <Problem error={start.error ?? save.error} />
      <DialogButtons>
        {given.rejected > 0 && (
          <Button className={styles.first} isBusy={save.isPending} onClick={() => save.mutate()} data-testid="contacts-import-rejected">{t("records.rejectedFile")}</Button>
        )}
        {given.state === "checked" ? (
          <>
            <Button onClick={onBack}>{t("records.back")}</Button>
            <Button tone="primary" isBusy={start.isPending} onClick={() => start.mutate()} data-testid="contacts-import-start">{t("records.start")}</Button>
          </>
        ) : (
          <Button onClick={onClose}>{t("app.close")}</Button>
        )}
      </DialogButtons>
    </>
  );
}

function Problem({ error }: { readonly error: Error | null }) {
  return <div aria-live="polite">{error !== null && <Notice tone="bad">{describeError(error)}</Notice>}</div>;
}

function Progress({ given }: { readonly given: ContactImport }) {
  const { state, position, rows } = given;
  const text = t(state === "checking" ? "records.checking" : "records.running", { done: formatCount(position), rows: formatCount(rows) });
  return (
    <>
      <progress className={styles.progress} value={position} max={rows} aria-label={text} />
      <p className={styles.about}>{text}</p>
      {state === "running" && <p className={styles.about}>{t("records.runsOn")}</p>}
    </>
  );
}

function Result({ given }: { readonly given: ContactImport }) {
  if (given.state !== "checked" && given.state !== "done") return <Notice tone="bad">{t("records.importFailed")}</Notice>;
  const isCheck = given.state === "checked";
  const counts = [
    [t("records.willAdd"), given.added],
    [t(isCheck ? "records.willUpdate" : "records.updated"), given.updated],
    ...(isCheck ? [] : [[t("records.unchanged"), given.unchanged] as const]),
    [t("records.rejected"), given.rejected],
  ] as const;
  return (
    <>
      <p className={styles.about}>{t(isCheck ? "records.stepReview" : "records.importDone")}</p>
      <dl className={styles.counts} data-testid={`contacts-import-${given.state}`}>
        {counts.map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd><Exact>{formatCount(count)}</Exact></dd>
          </div>
        ))}
      </dl>
    </>
  );
}
