/** One dead letter: the fields of its event without what people wrote, and what can be done with it. */
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Notice } from "@/components/Notice";
import { Loading, Skeleton } from "@/components/States";
import { Exact } from "@/components/Text";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { formatExact } from "@/lib/time";
import type { DeadLetter, DeadLetterField } from "@/types/wire";
import { useDeadLetter, useHandling } from "./queries";
import styles from "./system.module.css";

interface DeadLetterDialogProps {
  readonly letter: DeadLetter;
  readonly onClose: () => void;
}

export function DeadLetterDialog({ letter, onClose }: DeadLetterDialogProps) {
  const handling = useHandling(letter.id, onClose);
  const isDoing = (how: string) => handling.isPending && handling.variables === how;
  return (
    <Dialog title={letter.source} onClose={onClose}>
      <p className={styles.reason}>
        <Exact>{letter.reason}</Exact>
        <span className="muted">{formatExact(letter.created_at)}</span>
      </p>
      <Event id={letter.id} />
      <p className="muted">{t("system.deadLetters.dropped")}</p>
      {handling.isError && <Notice tone="bad">{describeError(handling.error)}</Notice>}
      <DialogButtons>
        {/* First, so that Enter discards nothing. */}
        <Button tone="primary" disabled={handling.isPending} isBusy={isDoing("redrive")} onClick={() => handling.mutate("redrive")} data-testid="dead-letter-redrive">
          {t("system.deadLetters.redrive")}
        </Button>
        <Button tone="danger" disabled={handling.isPending} isBusy={isDoing("drop")} onClick={() => handling.mutate("drop")} data-testid="dead-letter-drop">
          {t("system.deadLetters.drop")}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

function Event({ id }: { readonly id: number }) {
  const found = useDeadLetter(id);
  if (found.isError) return <Notice tone="bad">{describeError(found.error)}</Notice>;
  if (found.data === undefined) {
    return (
      <Loading label={t("system.deadLetters.loading")}>
        <Skeleton className={styles.skeleton} />
      </Loading>
    );
  }
  return (
    <>
      <p className="muted">{t("system.deadLetters.hidden")}</p>
      <dl className={styles.fields} data-testid="dead-letter-event">
        {found.data.event.map((field) => (
          <div key={field.path}>
            <dt><Exact>{field.path}</Exact></dt>
            <dd><Exact>{describeField(field)}</Exact></dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** "string (42)": what JSON calls it. */
export function describeField({ type, length, value }: DeadLetterField): string {
  if (value !== null) return value;
  return length === null ? type : `${type} (${length})`;
}
