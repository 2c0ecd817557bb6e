/** What is planned in the chat, at the end of its thread: changed by its author, sent now or deleted by each user who may write. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { classes } from "@/components/classes";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { describeFailure } from "@/lib/api/errors";
import { isolate } from "@/lib/texts";
import { formatExact } from "@/lib/time";
import type { PlannedMessage } from "@/types/wire";
import { ChangeDialog } from "./ChangeDialog";
import { usePlannedOf } from "./usePlanned";
import { useIsOwn, usePlannedActions } from "./usePlannedActions";
import styles from "./planned.module.css";

interface PlannedListProps {
  readonly accountId: number;
  readonly chatId: number;
  readonly canAct: boolean;
  readonly onProblem: (sentence: string) => void;
}

export function PlannedList({ accountId, chatId, canAct, onProblem }: PlannedListProps) {
  const { planned, renew } = usePlannedOf(accountId, chatId);
  const actions = usePlannedActions({ onProblem, onSettled: renew });
  const [edited, setEdited] = useState<PlannedMessage | null>(null);
  if (planned.length === 0) return null;
  return (
    <>
      <ul className={styles.list} aria-label={t("planned.title")}>
        {planned.map((one) => (
          <Item key={one.id} one={one} canAct={canAct} onEdit={() => setEdited(one)} onSend={() => actions.sendNow(one)} onRemove={() => actions.remove(one)} />
        ))}
      </ul>
      {edited !== null && <ChangeDialog planned={edited} onChange={actions.change} onClose={() => setEdited(null)} />}
    </>
  );
}

interface ItemProps {
  readonly one: PlannedMessage;
  readonly canAct: boolean;
  readonly onEdit: () => void;
  readonly onSend: () => void;
  readonly onRemove: () => void;
}

/** When, and by whom; or why it was not sent. */
function describe({ state, send_at, author, error }: PlannedMessage): string {
  const name = isolate(author.name ?? "");
  return state === "failed" ? t("planned.failed", { reason: error === null ? "" : describeFailure(error) }) : t("planned.at", { time: formatExact(send_at), name });
}

function Item({ one, canAct, onEdit, onSend, onRemove }: ItemProps) {
  const isOwn = useIsOwn()(one);
  return (
    <li className={classes(styles.item, one.state === "failed" && styles.isFailed)} data-testid="planned">
      <span className={styles.when}>
        <Icon name={one.state === "failed" ? "alert" : "history"} size={16} />
        <Text>{describe(one)}</Text>
      </span>
      <span className={styles.text} dir="auto"><Text>{one.text ?? ""}</Text></span>
      {canAct && (
        <span className={styles.actions}>
          {isOwn && <Button size="small" tone="quiet" onClick={onEdit} data-testid="planned-edit">{t("planned.edit")}</Button>}
          <Button size="small" tone="quiet" onClick={onSend} data-testid="planned-send">{t("planned.sendNow")}</Button>
          <Button size="small" tone="quiet" onClick={onRemove} data-testid="planned-delete">{t("app.delete")}</Button>
        </span>
      )}
    </li>
  );
}
