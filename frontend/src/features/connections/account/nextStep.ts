/** What an account's state means and the one thing to do about it, in plain sentences. */
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import type { Account, NextStep } from "@/types/wire";

/** UniPile's reason codes; operators see the codes, users these sentences. */
const REASONS: Readonly<Record<string, MessageId>> = {
  CREDENTIALS: "numbers.reason.loggedOut",
  disconnected_account: "numbers.reason.loggedOut",
  expired_credentials: "numbers.reason.loggedOut",
  PERMISSIONS: "numbers.reason.refused",
  NOT_FOUND: "numbers.reason.missing",
  DELETED: "numbers.reason.deleted",
  ERROR: "numbers.reason.lost",
  STOPPED: "numbers.reason.stopped",
  RESTARTS_EXHAUSTED: "numbers.reason.exhausted",
  EXPIRED: "numbers.reason.expired",
  REPLACED: "numbers.reason.replaced",
  DUPLICATE: "numbers.reason.duplicate",
  CREATION_SUCCESS: "numbers.reason.scanned",
};

const STATES: Readonly<Partial<Record<Account["status"], MessageId>>> = {
  connecting: "numbers.state.connecting",
  degraded: "numbers.state.degraded",
  needs_action: "numbers.state.needsAction",
  disconnected: "numbers.state.disconnected",
};

const STEPS: Readonly<Record<Exclude<NextStep, "none">, MessageId>> = {
  wait: "numbers.step.wait",
  scan: "numbers.step.scan",
  reconnect: "numbers.step.reconnect",
  connect: "numbers.step.connect",
  contact_support: "numbers.step.support",
};

/** Support may be needed in some states, but linking the account again is harmless and may help. */
export function mayReconnect(account: Account): boolean {
  return ["scan", "reconnect", "contact_support"].includes(account.next_step);
}

/** Why the account stopped working; null if only its state is known. */
export function findReason({ status, status_reason }: Account): string | null {
  if (status === "connected") return null;
  const isSentence = status_reason !== null && /\s/.test(status_reason);
  if (isSentence) return status_reason;
  const known = REASONS[status_reason ?? ""];
  return known === undefined ? null : t(known);
}

/** Why the account is not simply connected. */
export function explain(account: Account): string | null {
  const state = STATES[account.status];
  return findReason(account) ?? (state === undefined ? null : t(state));
}

/** What to do about it, or what is being done. */
export function advise({ status, next_step, restarts }: Account): string | null {
  if (status === "connected" || next_step === "none") return null;
  if (next_step !== "wait") return t(STEPS[next_step]);
  // The first connection needs no advice.
  if (status === "connecting") return null;
  return status === "degraded" && restarts > 0 ? t("numbers.step.attempt", { count: restarts }) : t("numbers.step.wait");
}
