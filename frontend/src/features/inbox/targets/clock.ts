/** How the clock of a target stands, in words: the same everywhere, in the language of the user. */
import { t } from "@/i18n/translate";
import { perLanguage } from "@/lib/perLanguage";
import type { ChatTarget } from "@/types/wire";
import { formatSpan } from "@/features/inbox/chats/row/waiting";
import { msUntil, standingOf, type Times } from "./standing";

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

const relative = perLanguage((tag) => new Intl.RelativeTimeFormat(tag, { style: "short" }));
const narrow = (unit: "minute" | "hour" | "day") => perLanguage((tag) => new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "narrow" }));
const NARROW = { minute: narrow("minute"), hour: narrow("hour"), day: narrow("day") } as const;

/** Whole minutes, and at least one: "0 min" says nothing. */
function minutesOf({ due_at }: Times, now: number): number {
  const minutes = msUntil(due_at, now) / MINUTE_MS;
  return Math.max(1, minutes > 0 ? Math.ceil(minutes) : Math.floor(-minutes));
}

type Amount = readonly [count: number, unit: keyof typeof NARROW];

function amountOf(minutes: number): Amount {
  if (minutes < HOUR_MINUTES) return [minutes, "minute"];
  return minutes < DAY_MINUTES ? [Math.floor(minutes / HOUR_MINUTES), "hour"] : [Math.floor(minutes / DAY_MINUTES), "day"];
}

/** A sentence ends with its text, not with the point of an abbreviation. */
const within = ([count, unit]: Amount): string => relative().format(count, unit).replace(/\.$/u, "");

/** "Reply due in 12 min", "Reply overdue by 1 hr". */
export function describeTarget(target: Pick<ChatTarget, "kind"> & Times, now: number): string {
  const minutes = minutesOf(target, now);
  const isClose = target.kind === "close";
  if (standingOf(target, now) === "breached") return t(isClose ? "targets.overdue.close" : "targets.overdue.reply", { span: formatSpan(minutes) });
  return t(isClose ? "targets.due.close" : "targets.due.reply", { time: within(amountOf(minutes)) });
}

/** For rows: "12m", "−1h". */
export function describeShortly(target: Times, now: number): string {
  const [count, unit] = amountOf(minutesOf(target, now));
  return `${standingOf(target, now) === "breached" ? "−" : ""}${NARROW[unit]().format(count)}`;
}
