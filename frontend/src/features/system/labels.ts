/** The names of checks, and their states in words. */
import type { IconName } from "@/components/Icon";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import type { System, SystemCheck } from "@/types/wire";

const NAMES: Readonly<Record<string, MessageId>> = {
  worker: "system.check.worker",
  queues: "system.check.queues",
  jobs: "system.check.jobs",
  redis: "system.check.redis",
  "redis keeps": "system.check.redisKeeps",
  "redis writes": "system.check.redisWrites",
  "dead letters": "system.check.deadLetters",
  accounts: "system.check.accounts",
  backup: "system.check.backup",
  restored: "system.check.restored",
  database: "system.check.database",
  connections: "system.check.connections",
  migrations: "system.check.migrations",
  rights: "system.check.rights",
  clock: "system.check.clock",
  "erasure keys": "system.check.erasureKeys",
  usage: "system.check.usage",
  "chat counts": "system.check.chatCounts",
  "filter counts": "system.check.filterCounts",
  "survey counts": "system.check.surveyCounts",
  counters: "system.check.counters",
  media: "system.check.media",
  unipile: "system.check.unipile",
  webhooks: "system.check.webhooks",
  mail: "system.check.mail",
  "public url": "system.check.publicUrl",
  "asset url": "system.check.assetUrl",
  settings: "system.check.settings",
};

/** A check of a newer server is shown by its own name. */
export const nameCheck = (name: string): string => {
  const known = NAMES[name];
  return known === undefined ? name : t(known);
};

export type CheckState = SystemCheck["state"];

export const STATES: Readonly<Record<CheckState, readonly [IconName, MessageId]>> = {
  failed: ["alert", "system.state.failed"],
  warning: ["info", "system.state.warning"],
  ok: ["done", "system.state.ok"],
};

const ORDER: readonly CheckState[] = ["failed", "warning", "ok"];

/** What is wrong first; otherwise in the order of the server. */
export const sortChecks = (checks: readonly SystemCheck[]): readonly SystemCheck[] =>
  ORDER.flatMap((state) => checks.filter((check) => check.state === state));

export function summarise({ ok, checks }: Pick<System, "ok" | "checks">): string {
  if (!ok) return t("system.problems");
  return t(checks.some(({ state }) => state === "warning") ? "system.warnings" : "system.allWell");
}
