/** Durations, days and changes of reports in readable form. */
import { t } from "@/i18n/translate";
import { perLanguage } from "@/lib/perLanguage";

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

const units = perLanguage((tag) =>
  Object.fromEntries(UNITS.map(([unit]) => [unit, new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "narrow" })])),
);
const share = perLanguage((tag) => new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 0 }));
const points = perLanguage((tag) => new Intl.NumberFormat(tag, { signDisplay: "exceptZero", maximumFractionDigits: 0 }));
const percent = perLanguage((tag) => new Intl.NumberFormat(tag, { style: "percent", signDisplay: "exceptZero", maximumFractionDigits: 0 }));
const dates = (options: Intl.DateTimeFormatOptions) => perLanguage((tag) => new Intl.DateTimeFormat(tag, { ...options, timeZone: "UTC" }));
const dayMonth = dates({ day: "numeric", month: "short" });
const month = dates({ month: "short", year: "numeric" });
const range = dates({ day: "numeric", month: "short", year: "numeric" });

const print = (unit: string, value: number): string => units()[unit]?.format(value) ?? "";

/** The two largest units: "1h 20m"; from ten of a unit on, only that. */
export function formatDuration(seconds: number): string {
  const index = UNITS.findIndex(([, size]) => seconds >= size);
  const [unit, size] = UNITS[index] ?? UNITS[3];
  const whole = Math.floor(seconds / size);
  const next = UNITS[index + 1];
  const rest = next === undefined || whole >= 10 ? 0 : Math.floor((seconds - whole * size) / next[1]);
  return next === undefined || rest === 0 ? print(unit, whole) : `${print(unit, whole)} ${print(next[0], rest)}`;
}

export const formatDurationOrNone = (seconds: number | null): string => (seconds === null ? "–" : formatDuration(seconds));

/** For the axis of a plot: one unit. */
export function formatAxis(seconds: number): string {
  if (seconds === 0) return "0";
  const [unit, size] = UNITS.find(([, own]) => seconds >= own) ?? UNITS[3];
  return print(unit, Math.round((seconds / size) * 10) / 10);
}

const dayOf = (day: string) => new Date(`${day}T00:00:00Z`);

export const formatDay = (day: string): string => dayMonth().format(dayOf(day));

export const formatRange = (since: string, until: string): string => range().formatRange(dayOf(since), dayOf(until));

/** A day, a week by its first day, or a month. */
export const formatStep = (step: "day" | "week" | "month", firstDay: string): string =>
  step === "month" ? month().format(dayOf(firstDay)) : formatDay(firstDay);

/** A change against the period before; null where there was nothing to compare with. */
export const formatChange = (now: number | null, before: number | null): string | null =>
  now === null || before === null || before === 0 ? null : percent().format(now / before - 1);

interface Outcomes {
  readonly met: number;
  readonly breached: number;
}

/** How many of a hundred targets were met; null without any. */
export const percentMet = ({ met, breached }: Outcomes): number | null => (met + breached === 0 ? null : (met / (met + breached)) * 100);

export const formatPercent = (value: number): string => share().format(value / 100);

export const formatMet = (outcomes: Outcomes): string => {
  const value = percentMet(outcomes);
  return value === null ? "–" : formatPercent(value);
};

/** Of percents the difference counts, not their ratio. */
export function formatMetChange(now: Outcomes, before: Outcomes): string | null {
  const [own, last] = [percentMet(now), percentMet(before)];
  return own === null || last === null ? null : t("reports.targets.points", { points: points().format(Math.round(own) - Math.round(last)) });
}

/** "2 to 5 min". */
export function nameBucket(starts: readonly number[], index: number): string {
  const from = starts[index] ?? 0;
  const to = starts[index + 1];
  if (to === undefined) return t("reports.bucket.more", { from: formatDuration(from) });
  return from === 0 ? t("reports.bucket.less", { to: formatDuration(to) }) : t("reports.bucket.between", { from: formatDuration(from), to: formatDuration(to) });
}
