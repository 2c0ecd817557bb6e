/** Durations as people write them, in all four languages: "30 min", "1,5 h", "1 hour 30", "2 Tage"; a number alone is minutes. */
/* eslint-disable lingui/no-unlocalized-strings -- what users type is read in every language */
import { perLanguage } from "@/lib/perLanguage";

const HOUR = 60;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** Without diacritics. */
const WORDS: readonly (readonly [minutes: number, words: string])[] = [
  [WEEK, "weeks week w wochen woche semanas semana"],
  [DAY, "days day d tagen tage tag dias dia"],
  [HOUR, "hours hour hrs hr h stunden stunde std horas hora hs"],
  [1, "minutes minute mins min m minuten minutos minuto"],
];
const UNITS: ReadonlyMap<string, number> = new Map(WORDS.flatMap(([minutes, words]) => words.split(" ").map((word) => [word, minutes] as const)));

const HALF_HOUR = /^(?:half an hour|half hour|(?:eine )?halbe stunde|media hora|meia hora)$/u;
const ONE = /^(?:an?|one|eine?n?|una?|um|uma)(?= )/u;
const CLOCK = /^(\d{1,3}):([0-5]\d)$/u;
const PART = /^(\d{1,6}(?:[.,]\d{1,2})?) ?(\p{L}*)\.?(?:,? (?:(?:and|und|y|e) )?|$)/u;

const normalize = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/gu, " ").trim();

/** What a word measures; without one it is minutes, alone or after hours. */
function unitOf(word: string, last: number | null): number | undefined {
  if (word !== "") return UNITS.get(word);
  return last === null || last === HOUR ? 1 : undefined;
}

/** One part after the other, each of a smaller unit. */
function sumParts(text: string): number | null {
  let [rest, sum] = [text, 0];
  let last: number | null = null;
  while (rest !== "") {
    const part: RegExpExecArray | null = PART.exec(rest);
    const unit: number | undefined = part === null ? undefined : unitOf(part[2] ?? "", last);
    if (part === null || unit === undefined || unit >= (last ?? Infinity)) return null;
    sum += Number((part[1] ?? "").replace(",", ".")) * unit;
    rest = rest.slice(part[0].length);
    last = unit;
  }
  return sum;
}

/** "1h30" is "1 h 30". */
const spaced = (text: string): string => text.replace(/(\d)(?=\p{L})/gu, "$1 ").replace(/(\p{L})(?=\d)/gu, "$1 ");

/** In whole minutes; null for what is none. */
export function readDuration(text: string): number | null {
  const normal = normalize(text);
  if (HALF_HOUR.test(normal)) return HOUR / 2;
  const [, hours, minutes] = CLOCK.exec(normal) ?? [];
  const sum = hours === undefined ? sumParts(spaced(normal.replace(ONE, "1"))) : Number(hours) * HOUR + Number(minutes);
  return sum === null || Math.round(sum) < 1 ? null : Math.round(sum);
}

const format = (unit: "minute" | "hour" | "day") => perLanguage((tag) => new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "long" }));
const FORMATS = [[DAY, format("day")], [HOUR, format("hour")], [1, format("minute")]] as const;

/** "1 hour 30 minutes". Of office hours no days: a day has fewer of them than 24. */
export function formatDuration(minutes: number, isOfOffice = false): string {
  const most = isOfOffice || minutes < 2 * DAY ? HOUR : DAY;
  let rest = minutes;
  const parts = FORMATS.filter(([size]) => size <= most).map(([size, formatter]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? null : formatter().format(count);
  });
  return parts.filter((part) => part !== null).join(" ");
}
