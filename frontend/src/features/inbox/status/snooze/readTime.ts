/**
 * Reads a time to come as people write it: "next tue 3pm", "in 2 hours", "amanhã 9h". Every word has to be understood: a
 * part that is passed over would wake the chat at another time than was meant.
 */
import type { Language } from "@/i18n/languages";
import { TIME_WORDS, type TimeWords } from "./timeWords";

const MINUTE_MS = 60_000;
/** When nothing is said of the hour. */
const BEGIN_HOUR = 8;
const WEEKEND_HOUR = 10;
const SATURDAY = 6;
/** In English an hour up to this one, without "am", is in the afternoon: "at 5" never means five in the morning. */
const LAST_AFTERNOON_HOUR = 6;

/** What was read so far. */
interface Reading {
  day?: Date;
  clock?: readonly [number, number];
  /** The hour of "in the evening", unless a clock time is given. */
  part?: number;
  /** The moment itself. */
  moment?: Date;
}

interface Context {
  readonly now: Date;
  readonly words: TimeWords;
  readonly isMonthFirst: boolean;
  readonly isTwelveHour: boolean;
}

type Rule = (found: RegExpExecArray, reading: Reading, context: Context) => boolean;

const midnight = (date: Date): Date => new Date(date.getFullYear(), date.getMonth(), date.getDate());
const addDays = (date: Date, days: number): Date => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);

function setDay(reading: Reading, day: Date): boolean {
  if (reading.day !== undefined) return false;
  reading.day = day;
  return true;
}

function setDate(reading: Reading, now: Date, [year, month, day]: readonly [number | null, number, number]): boolean {
  const make = (inYear: number) => new Date(inYear, month - 1, day);
  const fits = make(year ?? now.getFullYear());
  if (fits.getMonth() !== month - 1 || fits.getDate() !== day) return false;
  return setDay(reading, year === null && fits < midnight(now) ? make(now.getFullYear() + 1) : fits);
}

const indexIn = (names: readonly string[], word: string): number => names.findIndex((name) => name.split("|").includes(word));

const numberOf = (text: string): number => (/^\d+$/.test(text) ? Number(text) : 1);

const yearOf = (text: string | undefined): number | null => (text === undefined ? null : Number(text) < 100 ? 2000 + Number(text) : Number(text));

const shift: Rule = (found, reading, { now, words }) => {
  if (reading.moment !== undefined || reading.day !== undefined) return false;
  const count = numberOf(found[1] ?? "");
  const is = (names: string) => names.split("|").includes(found[2] ?? "");
  if (is(words.minutes)) reading.moment = new Date(now.getTime() + count * MINUTE_MS);
  else if (is(words.hours)) reading.moment = new Date(now.getTime() + count * 60 * MINUTE_MS);
  else if (is(words.days)) reading.day = addDays(now, count);
  else if (is(words.weeks)) reading.day = addDays(now, 7 * count);
  else reading.day = new Date(now.getFullYear(), now.getMonth() + count, now.getDate());
  return true;
};

const halfHour: Rule = (_, reading, { now }) => {
  if (reading.moment !== undefined || reading.day !== undefined) return false;
  reading.moment = new Date(now.getTime() + 30 * MINUTE_MS);
  return true;
};

const dayName: Rule = ([word], reading, { now, words }) => {
  const days = words.dayNames.find(([names]) => names.split("|").includes(word))?.[1];
  if (words.parts.at(-1)?.[0].split("|").includes(word) === true) reading.part = words.parts.at(-1)?.[1] ?? BEGIN_HOUR;
  return days !== undefined && setDay(reading, addDays(now, days));
};

const part: Rule = ([word], reading, { words }) => {
  const hour = words.parts.find(([names]) => names.split("|").includes(word))?.[1];
  if (hour === undefined || reading.part !== undefined) return false;
  reading.part = hour;
  return true;
};

/** The one to come; today counts unless "next" was said. */
const weekday: Rule = (found, reading, { now, words }) => {
  const isNext = found[1] !== undefined || found[3] !== undefined;
  const days = (indexIn(words.weekdays, found[2] ?? "") - now.getDay() + 7) % 7;
  return setDay(reading, addDays(now, days === 0 && isNext ? 7 : days));
};

const nextWeek: Rule = (_, reading, { now }) => setDay(reading, addDays(now, ((8 - now.getDay()) % 7) || 7));

const weekend: Rule = (_, reading, { now }) => {
  reading.part = WEEKEND_HOUR;
  return setDay(reading, addDays(now, (SATURDAY - now.getDay() + 7) % 7));
};

const isoDate: Rule = (found, reading, { now }) => setDate(reading, now, [Number(found[1]), Number(found[2]), Number(found[3])]);

const numericDate: Rule = (found, reading, { now, isMonthFirst }) => {
  const [one, other] = [Number(found[1]), Number(found[3])];
  const isAmerican = isMonthFirst && found[2] === "/";
  return setDate(reading, now, [yearOf(found[4]), isAmerican ? one : other, isAmerican ? other : one]);
};

const namedDate: Rule = (found, reading, { now, words }) => {
  const [day, month] = [found[1] ?? found[4], found[2] ?? found[3]];
  return setDate(reading, now, [yearOf(found[5]), indexIn(words.monthNames, month ?? "") + 1, Number(day)]);
};

function hourOf(hour: number, half: string | undefined, { isTwelveHour }: Context): number | null {
  if (half !== undefined) return hour < 1 || hour > 12 ? null : (hour % 12) + (half.startsWith("p") ? 12 : 0);
  if (hour > 23) return null;
  return isTwelveHour && hour >= 1 && hour <= LAST_AFTERNOON_HOUR ? hour + 12 : hour;
}

const clock: Rule = (found, reading, context) => {
  const [minutes, half] = [Number(found[2] ?? found[3] ?? 0), found[4]];
  // "05:00" says what it means.
  const isExact = found[2] !== undefined && (found[1] ?? "").startsWith("0");
  const hour = hourOf(Number(found[1]), half, isExact ? { ...context, isTwelveHour: false } : context);
  if (hour === null || minutes > 59 || reading.clock !== undefined) return false;
  reading.clock = [hour, minutes];
  return true;
};

const skip: Rule = () => true;

/** In the order in which they are tried, each at the beginning of what is left. */
function rulesOf(words: TimeWords): readonly (readonly [RegExp, Rule])[] {
  const any = (names: readonly string[]) => names.join("|");
  const [weekdays, months] = [any(words.weekdays), any(words.monthNames)];
  const units = [words.minutes, words.hours, words.days, words.weeks, words.months];
  // Alone, "3 h" is a time of day.
  const longUnits = units.flatMap((names) => names.split("|")).filter((name) => name.length > 2);
  const sources: readonly (readonly [string, Rule])[] = [
    [`(?:${words.within}) (?:${words.halfHour})|(?:${words.halfHour})`, halfHour],
    [`(?:${words.within}) (\\d{1,3}|${words.one}) ?(${any(units)})`, shift],
    [`(\\d{1,3}|${words.one}) (${any(longUnits)})`, shift],
    [any(words.dayNames.map(([names]) => names)), dayName],
    [words.nextWeek, nextWeek],
    [words.weekend, weekend],
    [`(?:(${words.next}) )?(${weekdays})(?: (${words.nextAfter}))?`, weekday],
    ["(\\d{4})-(\\d{1,2})-(\\d{1,2})", isoDate],
    ["(\\d{1,2})([/.])(\\d{1,2})(?:[/.](\\d{4}|\\d{2}))?[.]?", numericDate],
    [`(?:(\\d{1,2})(?:st|nd|rd|th|[.])? (?:of |de )?(${months})|(${months}) (\\d{1,2})(?:st|nd|rd|th)?)(?: (?:de )?(\\d{4}))?`, namedDate],
    [any(words.parts.map(([names]) => names)), part],
    [`(?:(?:${words.at}) )?(\\d{1,2})(?:[:.h](\\d{2})| ?(?:${words.clock}) (\\d{2}))? ?(am|pm|a[.]m[.]|p[.]m[.])?(?: ?(?:${words.clock}))?`, clock],
    [words.fillers, skip],
  ];
  return sources.map(([source, rule]) => [new RegExp(`^(?:${source})(?=\\s|$)`), rule]);
}

const normalize = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[,;]/g, " ").replace(/\s+/g, " ").trim();

/** Null if a word is left that says nothing. */
function readAll(text: string, context: Context): Reading | null {
  const rules = rulesOf(context.words);
  const reading: Reading = {};
  let rest = normalize(text);
  while (rest !== "") {
    const match = rules.map(([pattern, rule]) => [pattern.exec(rest), rule] as const).find(([found, rule]) => found !== null && rule(found, reading, context));
    const length = match?.[0]?.[0].length ?? 0;
    if (length === 0) return null;
    rest = rest.slice(length).trim();
  }
  return reading;
}

/** An hour of the afternoon, if that was said: "3 da tarde". */
function hourIn([hour, minutes]: readonly [number, number], dayPart: number | undefined): readonly [number, number] {
  return dayPart !== undefined && dayPart > 12 && hour < 12 ? [hour + 12, minutes] : [hour, minutes];
}

const saysHour = ({ clock: time, part: dayPart }: Reading): boolean => time !== undefined || dayPart !== undefined;

function momentOf(reading: Reading, now: Date): Date | null {
  if (reading.moment !== undefined) return saysHour(reading) ? null : reading.moment;
  return reading.day !== undefined || saysHour(reading) ? onDay(reading, now) : null;
}

/** A time of day without a day is the next one. */
function onDay(reading: Reading, now: Date): Date {
  const [hour, minutes] = reading.clock === undefined ? [reading.part ?? BEGIN_HOUR, 0] : hourIn(reading.clock, reading.part);
  const at = (day: Date) => new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour, minutes);
  const today = at(reading.day ?? now);
  return reading.day === undefined && today <= now ? at(addDays(now, 1)) : today;
}

function contextFor(language: Language, tag: string, now: Date): Context {
  const format = new Intl.DateTimeFormat(tag, { dateStyle: "short", timeStyle: "short" });
  const order = format.formatToParts(now).map(({ type }) => type);
  return { now, words: TIME_WORDS[language], isMonthFirst: order.indexOf("month") < order.indexOf("day"), isTwelveHour: language === "en" };
}

/** In the user's language, else in English; null for what is not understood or is past. */
export function readTime(text: string, language: Language, tag: string, now = new Date()): Date | null {
  for (const tried of language === "en" ? [language] : [language, "en" as const]) {
    const reading = readAll(text, contextFor(tried, tag, now));
    const moment = reading === null ? null : momentOf(reading, now);
    if (moment !== null) return moment > now ? moment : null;
  }
  return null;
}
