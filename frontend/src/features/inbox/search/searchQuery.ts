/** What is searched for: a text and filters, and the request for them. */
import type { SearchQuery } from "@/lib/api/search";
import { isBlank } from "@/lib/texts";

export const CONTENTS = ["media", "audio", "file", "link", "location", "contact"] as const;
/** `range`: the days between two dates. */
export const PERIODS = ["day", "week", "month", "year", "range"] as const;

export type Content = (typeof CONTENTS)[number];
export type Period = (typeof PERIODS)[number];

export interface Wanted {
  readonly text: string;
  readonly accountId: number | null;
  readonly chat: { readonly id: number; readonly name: string } | null;
  /** A contact has an account of its own. */
  readonly from: { readonly id: "me" | number; readonly name: string } | null;
  /** Who of the team wrote it. */
  readonly author: NonNullable<SearchQuery["author"]> | null;
  readonly has: Content | null;
  readonly period: Period | null;
  /** The dates of the range, both included, in any order; "" leaves an end open. */
  readonly days: { readonly first: string; readonly last: string };
}

export const NOTHING: Wanted = { text: "", accountId: null, chat: null, from: null, author: null, has: null, period: null, days: { first: "", last: "" } };

/** The account itself. */
export const ME = { id: "me", name: "" } as const;

const DAY_MS = 86_400_000;
const DAYS: Readonly<Record<Exclude<Period, "range">, number>> = { day: 0, week: 6, month: 29, year: 364 };

/** The filters that only messages have, without those that come with a chat. */
export const hasFilters = ({ accountId, chat, from, author, has, period }: Wanted): boolean => [accountId, chat, from, author, has, period].some((filter) => filter !== null);

/** Whether there is something to search for: an account or a period alone is not. */
export const isAsked = (wanted: Wanted): boolean => !isBlank(wanted.text) || wanted.chat !== null || wanted.from !== null || wanted.author !== null || wanted.has !== null;

/** The beginning of a day, `DAYS` ago, in the user's time zone. */
function sinceOf(period: keyof typeof DAYS, now: Date): string {
  const day = new Date(now.getTime() - DAYS[period] * DAY_MS);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).toISOString();
}

/** The beginning of a date like "2026-03-31" there, or of the day after. */
function beginningOf(date: string, after = 0): string {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return new Date(year, month - 1, day + after).toISOString();
}

type Times = Pick<SearchQuery, "since" | "until">;

/** From the beginning of the first day to the end of the last. */
function rangeOf({ first, last }: Wanted["days"]): Times {
  const [begin, end] = first !== "" && last !== "" && last < first ? [last, first] : [first, last];
  return {
    ...(begin === "" ? {} : { since: beginningOf(begin) }),
    ...(end === "" ? {} : { until: beginningOf(end, 1) }),
  };
}

function timesOf({ period, days }: Wanted, now: Date): Times {
  if (period === null) return {};
  return period === "range" ? rangeOf(days) : { since: sinceOf(period, now) };
}

/** Not asked for where a chat or a contact is chosen: they belong to an account already. */
const accountOf = ({ accountId, chat, from }: Wanted): number | null => (chat !== null || typeof from?.id === "number" ? null : accountId);

export function queryOf(wanted: Wanted, now = new Date()): SearchQuery {
  const { chat, from, author, has } = wanted;
  const text = wanted.text.trim();
  const account = accountOf(wanted);
  return {
    ...(isBlank(text) ? {} : { q: text }),
    ...(account === null ? {} : { account }),
    ...(chat === null ? {} : { chat: chat.id }),
    ...(from === null ? {} : { from: from.id }),
    ...(author === null ? {} : { author }),
    ...(has === null ? {} : { has }),
    ...timesOf(wanted, now),
  };
}
