/** Why a message was not sent, and what the user can do. */
import { Button } from "@/components/Button";
import type { Bubble } from "./bubbles";
import type { Pending } from "@/features/inbox/data/pending";
import { useThreadActions } from "./threadContext";
import { classes } from "@/components/classes";
import styles from "./send-problem.module.css";

const REASONS: Readonly<Partial<Record<Bubble["status"], string>>> = {
  failed: "Not sent.",
  unconfirmed: "WhatsApp has not confirmed this message. It may have arrived.",
};

function explain(bubble: Bubble): string | null {
  const reason = REASONS[bubble.status];
  if (reason === undefined || bubble.isDeleted) return null;
  return bubble.error === null ? reason : `${reason} ${bubble.error}`;
}

export function SendProblem({ bubble }: { readonly bubble: Bubble }) {
  if (bubble.pending?.waiting) return <Waiting pending={bubble.pending} reason={bubble.pending.waiting} />;
  return <Failed bubble={bubble} />;
}

/** The message will be retried automatically. */
function Waiting({ pending, reason }: { readonly pending: Pending; readonly reason: string }) {
  const { retryPending, discardPending } = useThreadActions();
  return (
    <div className={classes(styles.problem, styles.waiting)} role="status" data-testid="message-waiting">
      <span>{pending.isUnstored === true ? `${reason} Keep this page open until then.` : reason}</span>
      <Button size="small" tone="quiet" onClick={() => retryPending(pending.clientId)} data-testid="message-retry">
        Try now
      </Button>
      <Button size="small" tone="quiet" onClick={() => discardPending(pending.clientId)} data-testid="message-discard">
        Discard
      </Button>
    </div>
  );
}

function Failed({ bubble }: { readonly bubble: Bubble }) {
  const { canAct, askRetry, retryPending, discardPending } = useThreadActions();
  const text = explain(bubble);
  if (text === null) return null;
  const { pending, message } = bubble;
  const retry = pending === null ? message && canAct && (() => askRetry(message)) : () => retryPending(pending.clientId);
  return (
    <div className={classes(styles.problem, styles[bubble.status])} role="alert">
      <span>{text}</span>
      {retry && (
        <Button size="small" tone="quiet" onClick={retry} data-testid="message-retry">
          Retry
        </Button>
      )}
      {pending !== null && (
        <Button size="small" tone="quiet" onClick={() => discardPending(pending.clientId)} data-testid="message-discard">
          Discard
        </Button>
      )}
    </div>
  );
}
