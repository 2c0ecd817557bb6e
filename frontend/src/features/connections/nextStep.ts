/** What an account's state means and the one thing to do about it, in plain sentences. */
import type { Account, NextStep } from "@/types/wire";

/** UniPile's reason codes; operators see the codes, users these sentences. */
const REASONS: Readonly<Record<string, string>> = {
  CREDENTIALS: "WhatsApp has signed this number out.",
  disconnected_account: "WhatsApp has signed this number out.",
  expired_credentials: "WhatsApp has signed this number out.",
  PERMISSIONS: "WhatsApp rejected the login of this number.",
  NOT_FOUND: "WhatsApp's gateway no longer knows this number.",
  DELETED: "This number was removed at WhatsApp's gateway.",
  ERROR: "The connection to WhatsApp was lost.",
  STOPPED: "The connection to WhatsApp was stopped.",
  RESTARTS_EXHAUSTED: "The connection to WhatsApp was lost, and restarting it did not help.",
  EXPIRED: "The code was not scanned in time.",
  REPLACED: "This number was reconnected as a new entry. Earlier messages stay here.",
  DUPLICATE: "This number is already connected as another entry.",
  CREATION_SUCCESS: "The code was scanned; WhatsApp is getting ready.",
};

const STATES: Readonly<Partial<Record<Account["status"], string>>> = {
  connecting: "Connecting to WhatsApp.",
  degraded: "Messages may arrive late.",
  needs_action: "This number is not connected.",
  disconnected: "No messages come in or go out.",
};

const STEPS: Readonly<Record<NextStep, string | null>> = {
  none: null,
  wait: "Nothing to do: the connection is being restored automatically.",
  scan: "Waiting for the code to be scanned.",
  reconnect: "Link it again to continue.",
  connect: "Connect it again to continue; earlier messages stay here.",
  contact_support: "Link it again. If that does not help, contact support.",
};

/** Support may be needed in some states, but linking the account again is harmless and may help. */
export function mayReconnect(account: Account): boolean {
  return ["scan", "reconnect", "contact_support"].includes(account.next_step);
}

/** Why the account is not simply connected. */
export function explain(account: Account): string | null {
  const { status, status_reason } = account;
  if (status === "connected") return null;
  const isSentence = status_reason !== null && /\s/.test(status_reason);
  if (isSentence) return status_reason;
  return REASONS[status_reason ?? ""] ?? STATES[status] ?? null;
}

/** What to do about it, or what is being done. */
export function advise(account: Account): string | null {
  if (account.status === "connected") return null;
  if (account.status === "degraded" && account.next_step === "wait") return describeRestarts(account.restarts);
  return STEPS[account.next_step];
}

function describeRestarts(restarts: number): string {
  const so_far = restarts === 0 ? "" : restarts === 1 ? ", once so far" : `, ${restarts} times so far`;
  return `Nothing to do: Confab restarts the connection automatically${so_far}.`;
}
