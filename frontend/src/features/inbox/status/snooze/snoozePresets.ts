/** The times that a chat is usually snoozed until, in the time zone of the browser. */
import type { MessageId } from "@/i18n/ids";

export interface Preset {
  readonly label: MessageId;
  readonly at: Date;
}

const HOURS = 3;
const BEGIN_HOUR = 8;
const WEEKEND_HOUR = 10;
const [MONDAY, SATURDAY] = [1, 6];

/** The next such day, not today, at that hour: days may have 23 or 25 hours. */
function nextDay(now: Date, weekday: number, hour: number): Date {
  const days = (weekday - now.getDay() + 7) % 7 || 7;
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
}

const inHours = (now: Date, hours: number): Date => new Date(now.getTime() + hours * 3_600_000);

/** Soonest first; the weekend is no choice while it lasts. */
export function presetsAt(now: Date): readonly Preset[] {
  const tomorrow = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, BEGIN_HOUR);
  const isWeekend = now.getDay() === SATURDAY || now.getDay() === 0;
  const presets: Preset[] = [
    { label: "status.snooze.later", at: inHours(now, HOURS) },
    { label: "status.snooze.tomorrow", at: tomorrow },
    ...(isWeekend ? [] : [{ label: "status.snooze.weekend", at: nextDay(now, SATURDAY, WEEKEND_HOUR) } as const]),
    { label: "status.snooze.week", at: nextDay(now, MONDAY, BEGIN_HOUR) },
  ];
  return presets.toSorted((one, other) => one.at.getTime() - other.at.getTime());
}
