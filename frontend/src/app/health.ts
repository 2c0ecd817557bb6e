/** The state of all numbers together, in words. */
import { t } from "@/i18n/translate";
import { isForgotten } from "@/lib/accounts";
import type { Account } from "@/types/wire";

export type Level = "none" | "ok" | "warn" | "bad";

export interface Health {
  readonly level: Level;
  readonly text: string;
}

type Condition = "connected" | "attention" | "waiting" | "disconnected";

function conditionOf({ status, next_step }: Account): Condition {
  if (status === "degraded") return next_step === "wait" ? "waiting" : "attention";
  if (status === "needs_action") return "attention";
  return status === "connecting" ? "waiting" : status;
}

/** The worst decides; numbers that were disconnected on purpose worry no one. */
function levelOf(counts: Readonly<Record<Condition, number>>): Level {
  if (counts.attention > 0) return "bad";
  if (counts.waiting > 0) return "warn";
  return counts.connected > 0 ? "ok" : "none";
}

/** A code that was not scanned yet, or never, is no number. */
const isLinked = (account: Account): boolean => account.next_step !== "scan" && !isForgotten(account);

export function describeHealth(accounts: readonly Account[]): Health {
  const counts = { connected: 0, attention: 0, waiting: 0, disconnected: 0 };
  for (const account of accounts) if (isLinked(account)) counts[conditionOf(account)] += 1;
  const { connected, attention, waiting, disconnected } = counts;
  const parts = [
    t("app.health.connected", { count: connected }),
    attention > 0 && t("app.health.attention", { count: attention }),
    waiting > 0 && t("app.health.waiting", { count: waiting }),
    disconnected > 0 && t("app.health.disconnected", { count: disconnected }),
  ];
  return { level: levelOf(counts), text: parts.filter((part) => part !== false).join(" · ") };
}
