/** How long a contact waits, and when that is long. */
import { t } from "@/i18n/translate";
import { perLanguage } from "@/lib/perLanguage";

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;
/** Longer than this is long, and longer than that is very long. */
const LONG_MINUTES = 30;
const VERY_LONG_MINUTES = 4 * HOUR_MINUTES;

const format = (unit: "minute" | "hour" | "day") => perLanguage((tag) => new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "short" }));
const [minutesFormat, hoursFormat, daysFormat] = [format("minute"), format("hour"), format("day")];

/** At least one: "0 min" says nothing. */
const minutesSince = (since: string, now: number): number => Math.max(1, Math.floor((now - new Date(since).getTime()) / MINUTE_MS));

export function formatSpan(minutes: number): string {
  if (minutes < HOUR_MINUTES) return minutesFormat().format(minutes);
  if (minutes < DAY_MINUTES) return hoursFormat().format(Math.floor(minutes / HOUR_MINUTES));
  return daysFormat().format(Math.floor(minutes / DAY_MINUTES));
}

/** "waits 12 min". */
export const formatWait = (since: string, now: number): string => t("chats.waits", { time: formatSpan(minutesSince(since, now)) });

export type WaitLevel = "short" | "long" | "veryLong";

export function levelOf(since: string, now: number): WaitLevel {
  const minutes = minutesSince(since, now);
  return minutes < LONG_MINUTES ? "short" : minutes < VERY_LONG_MINUTES ? "long" : "veryLong";
}
