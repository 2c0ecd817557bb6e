/** The office hours as they are edited: times of day as texts, and what is wrong with them. */
import type { Hours, PutHours } from "@/types/wire";

/** "09:00" to "17:30"; an end of "00:00" is midnight at the end of the day. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

export interface Holiday {
  /** Of the row, while it is edited. */
  readonly id: number;
  readonly date: string;
  readonly name: string;
  readonly spans: readonly Span[];
}

export interface HoursForm {
  readonly isOn: boolean;
  readonly timeZone: string;
  /** Monday first. */
  readonly week: readonly (readonly Span[])[];
  readonly holidays: readonly Holiday[];
}

export type SpanProblem = "incomplete" | "backwards" | "overlapping";

export const MAX_SPANS = 6;
const MINUTES_OF_DAY = 24 * 60;
const OFFICE: Span = { from: "09:00", to: "17:00" };

const textOf = (minutes: number): string => `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

function minutesOf(text: string, isEnd: boolean): number {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  const found = hours * 60 + minutes;
  return isEnd && found === 0 ? MINUTES_OF_DAY : found;
}

const spansOf = (spans: readonly (readonly number[])[]): readonly Span[] => spans.map(([from = 0, to = 0]) => ({ from: textOf(from), to: textOf(to) }));

const numbersOf = (spans: readonly Span[]): number[][] => spans.map(({ from, to }) => [minutesOf(from, false), minutesOf(to, true)]);

const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Of a number without hours: what is offered when they are turned on. */
export function formOf(hours: Hours | null): HoursForm {
  if (hours === null) {
    return { isOn: false, timeZone: ownZone(), week: Array.from({ length: 7 }, (_, day) => (day < 5 ? [OFFICE] : [])), holidays: [] };
  }
  return {
    isOn: true,
    timeZone: hours.time_zone,
    week: hours.week.map(spansOf),
    holidays: hours.holidays.map(({ date, name, spans }, id) => ({ id, date, name, spans: spansOf(spans) })),
  };
}

/** Null: always open. */
export function bodyOf({ isOn, timeZone, week, holidays }: HoursForm): PutHours | null {
  if (!isOn) return null;
  return {
    time_zone: timeZone,
    week: week.map(numbersOf),
    holidays: holidays.map(({ date, name, spans }) => ({ date, name: name.trim(), spans: numbersOf(spans) })),
  };
}

export function problemOf(spans: readonly Span[]): SpanProblem | null {
  if (spans.some(({ from, to }) => from === "" || to === "")) return "incomplete";
  const numbers = numbersOf(spans);
  if (numbers.some(([from = 0, to = 0]) => to <= from)) return "backwards";
  return numbers.some(([from = 0], index) => index > 0 && from <= (numbers[index - 1]?.[1] ?? 0)) ? "overlapping" : null;
}

/** A date that is missing, or is there twice. */
export function isWrongDate({ date }: Holiday, holidays: readonly Holiday[]): boolean {
  return date === "" || holidays.filter((one) => one.date === date).length > 1;
}

export const isComplete = ({ isOn, week, holidays }: HoursForm): boolean =>
  !isOn || (week.every((spans) => problemOf(spans) === null) && holidays.every((holiday) => problemOf(holiday.spans) === null && !isWrongDate(holiday, holidays)));

/** A span after the last one: an hour later, as long as the day has room for it. */
export function withAnother(spans: readonly Span[]): readonly Span[] {
  const last = spans.at(-1);
  if (last === undefined) return [OFFICE];
  const from = minutesOf(last.to, true) + 60;
  return [...spans, from < MINUTES_OF_DAY ? { from: textOf(from), to: textOf(Math.min(from + 4 * 60, MINUTES_OF_DAY)) } : { from: "", to: "" }];
}

export const replaced = <T>(items: readonly T[], index: number, item: T): readonly T[] => items.map((one, at) => (at === index ? item : one));

export const without = <T>(items: readonly T[], index: number): readonly T[] => items.filter((_, at) => at !== index);

/** Those of this browser; some know few. */
export function listZones(current: string): readonly string[] {
  return [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC", ownZone(), current])].sort();
}
