/** Times in the language of the user and the time zone of the browser. */
import { t } from "@/i18n/translate";
import { perLanguage } from "./perLanguage";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const dates = (options: Intl.DateTimeFormatOptions) => perLanguage((tag) => new Intl.DateTimeFormat(tag, options));

const clock = dates({ timeStyle: "short" });
const weekday = dates({ weekday: "long" });
const shortWeekday = dates({ weekday: "short" });
const dayMonth = dates({ day: "numeric", month: "short" });
const fullDate = dates({ day: "numeric", month: "long", year: "numeric" });
const exact = dates({ dateStyle: "medium", timeStyle: "short" });
const moment = dates({ weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
const relative = perLanguage((tag) => new Intl.RelativeTimeFormat(tag, { numeric: "auto" }));

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function daysAgo(date: Date, now: Date): number {
  return Math.round((startOfDay(now) - startOfDay(date)) / DAY_MS);
}

export const formatClock = (time: string) => clock().format(new Date(time));

export const formatExact = (time: string) => exact().format(new Date(time));

/** With its weekday, for times to come. */
export const formatMoment = (time: string) => moment().format(new Date(time));

/** For lists: the time today, then the weekday, then the date. */
export function formatListTime(time: string, now = new Date()): string {
  const date = new Date(time);
  const days = daysAgo(date, now);
  if (days <= 0) return clock().format(date);
  if (days === 1) return relative().format(-1, "day");
  return days < 7 ? shortWeekday().format(date) : dayMonth().format(date);
}

/** For a time to come: the time today, with its weekday within a week, then the date. */
export function formatUntil(time: string, now = new Date()): string {
  const date = new Date(time);
  const days = -daysAgo(date, now);
  if (days <= 0) return clock().format(date);
  return days < 7 ? `${shortWeekday().format(date)} ${clock().format(date)}` : dayMonth().format(date);
}

/** For the line between two days, past or to come. */
export function formatDay(time: string, now = new Date()): string {
  const date = new Date(time);
  const days = daysAgo(date, now);
  if (Math.abs(days) <= 1) return relative().format(-days, "day");
  return Math.abs(days) < 7 ? weekday().format(date) : fullDate().format(date);
}

export function isSameDay(one: string, other: string): boolean {
  return startOfDay(new Date(one)) === startOfDay(new Date(other));
}

/** "2 minutes ago". */
export function formatAgo(time: string, now = new Date()): string {
  const minutes = Math.round((now.getTime() - new Date(time).getTime()) / MINUTE_MS);
  if (minutes < 1) return t("app.justNow");
  if (minutes < 60) return relative().format(-minutes, "minute");
  const hours = Math.round(minutes / 60);
  return hours < 24 ? relative().format(-hours, "hour") : relative().format(-Math.round(hours / 24), "day");
}
