/** What the reports page shows: the period, the clock, and whom or what it is about. */
import type { ReportFilter } from "@/lib/api/reports";
import type { ReportFact } from "@/types/wire";

export type Measure = ReportFact["measure"];
export type GroupKind = "user" | "account" | "label" | "team";

export interface Choice {
  readonly since: string;
  readonly until: string;
  readonly clock: "all" | "office";
  readonly measure: Measure;
  readonly accountId: number | null;
  /** A user, a label or a team, chosen in the comparison. */
  readonly only: { readonly kind: "user" | "label" | "team"; readonly id: number; readonly name: string } | null;
}

export const MEASURES: readonly Measure[] = ["first_reply", "reply", "resolution", "opened"];
export const PRESETS = [7, 28, 90, 365] as const;

const isoDay = (date: Date): string => [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-");

/** The days until today, today included, in the time zone of the browser. */
export function lastDays(days: number, now = new Date()): Pick<Choice, "since" | "until"> {
  return { since: isoDay(new Date(now.getFullYear(), now.getMonth(), now.getDate() - days + 1)), until: isoDay(now) };
}

export const presetOf = ({ since, until }: Choice): number | undefined =>
  PRESETS.find((days) => {
    const preset = lastDays(days);
    return preset.since === since && preset.until === until;
  });

export function filterOf({ since, until, clock, accountId, only }: Choice): ReportFilter {
  return {
    since,
    until,
    clock,
    ...(accountId !== null && { account_id: accountId }),
    ...(only?.kind === "user" && { user_id: only.id }),
    ...(only?.kind === "label" && { label_id: only.id }),
    ...(only?.kind === "team" && { team_id: only.id }),
  };
}
