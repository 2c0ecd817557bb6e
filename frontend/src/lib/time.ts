/** Times in the browser's own language and time zone. */

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long" });
const shortWeekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const dayMonth = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const fullDate = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function daysAgo(date: Date, now: Date): number {
  return Math.round((startOfDay(now) - startOfDay(date)) / DAY_MS);
}

export const formatClock = (time: string) => clock.format(new Date(time));

export const formatExact = (time: string) => exact.format(new Date(time));

/** For lists: the time today, then the weekday, then the date. */
export function formatListTime(time: string, now = new Date()): string {
  const date = new Date(time);
  const days = daysAgo(date, now);
  if (days <= 0) return clock.format(date);
  if (days === 1) return relative.format(-1, "day");
  return days < 7 ? shortWeekday.format(date) : dayMonth.format(date);
}

/** For the line between two days of a thread. */
export function formatDay(time: string, now = new Date()): string {
  const date = new Date(time);
  const days = daysAgo(date, now);
  if (days === 0 || days === 1) return relative.format(-days, "day");
  return days > 0 && days < 7 ? weekday.format(date) : fullDate.format(date);
}

export function isSameDay(one: string, other: string): boolean {
  return startOfDay(new Date(one)) === startOfDay(new Date(other));
}

/** "2 minutes ago". */
export function formatAgo(time: string, now = new Date()): string {
  const minutes = Math.round((now.getTime() - new Date(time).getTime()) / MINUTE_MS);
  if (minutes < 1) return "just now";
  if (minutes < 60) return relative.format(-minutes, "minute");
  const hours = Math.round(minutes / 60);
  return hours < 24 ? relative.format(-hours, "hour") : relative.format(-Math.round(hours / 24), "day");
}
