/** Months, days and plan names in readable form. Days and months are in UTC, as they are counted. */
import { perLanguage } from "@/lib/perLanguage";

const dates = (options: Intl.DateTimeFormatOptions) =>
  perLanguage((tag) => new Intl.DateTimeFormat(tag, { ...options, timeZone: "UTC" }));

const month = dates({ month: "long", year: "numeric" });
const date = dates({ day: "numeric", month: "long" });
const fullDate = dates({ day: "numeric", month: "long", year: "numeric" });

export const formatMonth = (period: string): string => month().format(new Date(`${period}-01T00:00:00Z`));

export const formatDate = (time: string): string => date().format(new Date(time));

export const formatFullDate = (time: string): string => fullDate().format(new Date(time));

export const formatDayOf = (day: string): string => date().format(new Date(`${day}T00:00:00Z`));

/** "team" as a heading: "Team". */
export const namePlan = (plan: string): string => plan.charAt(0).toUpperCase() + plan.slice(1);
