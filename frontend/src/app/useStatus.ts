/** What the navigation says about the numbers and the plan. */
import { formatCount } from "@/lib/counts";
import { t } from "@/i18n/translate";
import { useAccounts } from "@/lib/accounts";
import { useEntitlements } from "@/lib/usage";
import type { Entitlement } from "@/types/wire";
import { describeHealth, type Health, type Level } from "./health";

const LEVELS: Readonly<Record<Entitlement["messages"]["level"], Level>> = { ok: "none", warning: "warn", reached: "bad" };

export function describeUsage({ messages: { used, allowed, level } }: Pick<Entitlement, "messages">): Health {
  const text =
    allowed === null
      ? t("app.usage.unlimited", { count: used, used: formatCount(used) })
      : t("app.usage.limited", { count: allowed, used: formatCount(used), allowed: formatCount(allowed) });
  return { level: LEVELS[level], text };
}

/** Undefined until it is known; the plan also without one. */
export function useStatus(): { readonly numbers: Health | undefined; readonly usage: Health | undefined } {
  const accounts = useAccounts().data;
  const plan = useEntitlements().data?.find(({ is_active }) => is_active);
  return { numbers: accounts && describeHealth(accounts), usage: plan && describeUsage(plan) };
}
