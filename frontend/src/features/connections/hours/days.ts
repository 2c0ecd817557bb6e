/** The names of the weekdays, Monday first. */
import { perLanguage } from "@/lib/perLanguage";

/** A Monday. */
const FIRST = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
const weekday = perLanguage((tag) => new Intl.DateTimeFormat(tag, { weekday: "long", timeZone: "UTC" }));
const day = perLanguage((tag) => new Intl.DateTimeFormat(tag, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }));

export const nameWeekday = (index: number): string => weekday().format(FIRST + index * DAY_MS);

/** Of a field that holds a date, or nothing. */
export const nameDate = (date: string): string => (date === "" ? "" : day().format(Date.parse(date)));
