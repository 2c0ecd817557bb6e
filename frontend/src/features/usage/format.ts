/** Counts, months and plan names in readable form. Days and months are in UTC, as they are counted. */

const count = new Intl.NumberFormat();
const month = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric", timeZone: "UTC" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", timeZone: "UTC" });
const fullDate = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

export const formatCount = (value: number): string => count.format(value);

export const formatMonth = (period: string): string => month.format(new Date(`${period}-01T00:00:00Z`));

export const formatDate = (time: string): string => date.format(new Date(time));

export const formatFullDate = (time: string): string => fullDate.format(new Date(time));

export const formatDayOf = (day: string): string => date.format(new Date(`${day}T00:00:00Z`));

/** "team" as a heading: "Team". */
export const namePlan = (plan: string): string => plan.charAt(0).toUpperCase() + plan.slice(1);
