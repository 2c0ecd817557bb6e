/** Why a message was not sent, and what the user can do. */
import { Button } from "@/components/Button";
import { classes } from "@/components/classes";
import { t } from "@/i18n/translate";
import { isHeld, type Pending } from "@/features/inbox/data/pending";
import type { Bubble } from "./list/bubbles";
import { explainFailure, isDisconnection } from "./failure";
import { useThreadActions } from "./threadContext";
import styles from "./send-problem.module.css";

export function SendProblem({ bubble }: { readonly bubble: Bubble }) {
  if (bubble.pending !== null && isHeld(bubble.pending)) return <HeldLine />;
  if (bubble.pending?.waiting) return <Waiting pending={bubble.pending} reason={bubble.pending.waiting} />;
  return <Failed bubble={bubble} />;
}

/** What to do with it is above the composer. */
function HeldLine() {
  return (
    <div className={classes(styles.problem, styles.unconfirmed)} data-testid="message-held">
      <span>{t("messages.held")}</span>
    </div>
  );
}

interface ActionProps {
  readonly label: string;
  readonly testId: string;
  readonly onPress: () => void;
}

function Action({ label, testId, onPress }: ActionProps) {
  return (
    <Button size="small" tone="quiet" onClick={onPress} data-testid={testId}>
      {label}
    </Button>
  );
}

/** The message will be retried automatically. */
function Waiting({ pending, reason }: { readonly pending: Pending; readonly reason: string }) {
  const { retryPending, discardPending } = useThreadActions();
  return (
    <div className={classes(styles.problem, styles.waiting)} role="status" data-testid="message-waiting">
      <span>{pending.isUnstored === true ? t("messages.waiting.unstored", { reason }) : reason}</span>
      <Action label={t("messages.waiting.tryNow")} testId="message-retry" onPress={() => retryPending(pending.clientId)} />
      <Action label={t("messages.waiting.discard")} testId="message-discard" onPress={() => discardPending(pending.clientId)} />
    </div>
  );
}

/** What can be done: a message that may have arrived can be sent again, but not deleted here. */
function useRemedies({ pending, message, status }: Bubble): { readonly retry: (() => void) | null; readonly remove: (() => void) | null } {
  const { canAct, askRetry, discard, retryPending, discardPending } = useThreadActions();
  if (pending !== null) return { retry: () => retryPending(pending.clientId), remove: () => discardPending(pending.clientId) };
  if (message === null || !canAct) return { retry: null, remove: null };
  return { retry: () => askRetry(message), remove: status === "failed" ? () => discard(message) : null };
}

function Failed({ bubble }: { readonly bubble: Bubble }) {
  const { isConnected } = useThreadActions();
  const { retry, remove } = useRemedies(bubble);
  const text = explainFailure(bubble, isConnected);
  if (text === null) return null;
  const canRetry = isConnected || !isDisconnection(bubble);
  return (
    <div className={classes(styles.problem, styles[bubble.status])} role="alert">
      <span>{text}</span>
      {retry !== null && canRetry && <Action label={t("messages.failed.retry")} testId="message-retry" onPress={retry} />}
      {remove !== null && <Action label={t("messages.failed.delete")} testId="message-discard" onPress={remove} />}
    </div>
  );
}
