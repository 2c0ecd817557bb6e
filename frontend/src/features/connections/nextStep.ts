/** What a number's state means, and the one thing to do about it, in words for everybody. */
import type { Account } from "@/types/wire";

type Step = NonNullable<Account["next_step"]>;

/** WhatsApp's gateway names its reasons in capitals; those are for operators. */
const REASONS: Readonly<Record<string, string>> = {
  CREDENTIALS: "WhatsApp has signed this number out. Link it again to go on.",
  PERMISSIONS: "WhatsApp does not let this number in. Link it again to go on.",
  DELETED: "This number was removed at WhatsApp's gateway. Connect it again to go on.",
  ERROR: "The connection to WhatsApp broke off.",
  STOPPED: "The connection to WhatsApp was stopped.",
};

const STEPS: Readonly<Record<Step, string | null>> = {
  none: null,
  wait: "Nothing to do: the connection is being mended by itself.",
  scan: "Waiting for the code to be scanned.",
  reconnect: "WhatsApp asks for this number to be linked again.",
};

const STATES: Readonly<Partial<Record<Account["status"], string>>> = {
  degraded: "Messages may arrive late. Confab keeps checking.",
  disconnected: "No messages come in or go out.",
};

/** What the server says is to be done, or what older ones meant. */
export function stepOf({ next_step, status }: Account): Step {
  if (next_step !== undefined) return next_step;
  if (status === "connected" || status === "degraded") return "none";
  return status === "connecting" ? "scan" : "reconnect";
}

export function explain(account: Account): string | null {
  const { status, status_reason } = account;
  if (status === "connected") return null;
  const isSentence = status_reason !== null && !/^[A-Z0-9_]+$/.test(status_reason);
  if (isSentence) return status_reason;
  return REASONS[status_reason ?? ""] ?? STATES[status] ?? STEPS[stepOf(account)];
}
