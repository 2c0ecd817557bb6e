/** Rules and runs in words. */
import { t } from "@/i18n/translate";
import { fieldProblems } from "@/lib/api/fieldProblem";
import { describeLeftOut } from "@/lib/leftOut";
import { formatAgo } from "@/lib/time";
import type { Rule, RuleAction, RuleRun } from "@/types/wire";

export const describeActions = (actions: readonly Pick<RuleAction, "kind">[]): string => actions.map(({ kind }) => t(`rules.action.${kind}`)).join(", ");

/** When, if and then, in one line. */
export function describeRule({ event, minutes, conditions, actions }: Rule): string {
  const when = minutes === null ? t(`rules.event.${event}`) : t("rules.after", { event: t(`rules.event.${event}`), count: minutes });
  return [when, ...(conditions.length === 0 ? [] : [t("rules.conditions", { count: conditions.length })]), describeActions(actions)].join(" · ");
}

export const describeLastRun = ({ last_run_at: at }: Rule): string => (at === null ? t("rules.neverRan") : t("rules.lastRan", { ago: formatAgo(at) }));

/** What was left out, with the reasons. */
export function describeRun({ actions }: RuleRun): string {
  const left = actions.filter(({ error }) => error !== null);
  if (left.length === 0) return actions.length === 0 ? t("rules.outcome.failed") : describeActions(actions);
  return left.map((action) => `${t(`rules.action.${action.kind}`)}: ${describeLeftOut(action) ?? ""}`).join(" ");
}

/** The reasons by field, which say more than that a field is invalid. */
export function describeFields(error: unknown): string | null {
  const reasons = Object.values(fieldProblems(error)).filter((reason) => reason !== "");
  return reasons.length === 0 ? null : reasons.join(" ");
}
