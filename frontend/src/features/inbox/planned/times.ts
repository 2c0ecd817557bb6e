/** The times that are offered for a planned message, in the browser's time zone. */

export type Offer = "later" | "tomorrow" | "monday";

const LATER_HOURS = 3;
const LAST_HOUR = 21;
const MORNING_HOUR = 9;

function at(now: Date, days: number, hour: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
}

/** The next full hour in about three hours; none in the evening. */
function laterToday(now: Date): Date | null {
  const hour = now.getHours() + LATER_HOURS;
  return hour > LAST_HOUR ? null : at(now, 0, hour);
}

const daysToMonday = (now: Date): number => ((8 - now.getDay()) % 7) || 7;

export function offeredTimes(now: Date): readonly (readonly [Offer, Date])[] {
  const later = laterToday(now);
  const monday = daysToMonday(now);
  return [
    ...(later === null ? [] : [["later", later] as const]),
    ["tomorrow", at(now, 1, MORNING_HOUR)] as const,
    // Tomorrow is the same on a Sunday.
    ...(monday === 1 ? [] : [["monday", at(now, monday, MORNING_HOUR)] as const]),
  ];
}

const two = (value: number): string => String(value).padStart(2, "0");

/** As the browser's field for date and time has it. */
export const fieldValueOf = (date: Date): string =>
  `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
