/** Times as they are written in each language, read on a Monday morning. */
import { describe, expect, it } from "vitest";
import type { Language } from "@/i18n/languages";
import { presetsAt } from "./snoozePresets";
import { readTime } from "./readTime";

/** Monday, 30 November 2026, 10:17, wherever the tests run. */
const NOW = new Date(2026, 10, 30, 10, 17);
const pad = (value: number) => String(value).padStart(2, "0");
const print = (date: Date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
const read = (text: string, language: Language, tag: string = language) => {
  const moment = readTime(text, language, tag, NOW);
  return moment === null ? null : print(moment);
};

const TABLE: Readonly<Record<Language, readonly (readonly [string, string | null])[]>> = {
  en: [
    ["next tue 3pm", "2026-12-01 15:00"],
    ["Next Monday", "2026-12-07 08:00"],
    ["monday", "2026-11-30 08:00"],
    ["in 2 hours", "2026-11-30 12:17"],
    ["in half an hour", "2026-11-30 10:47"],
    ["2 hours", "2026-11-30 12:17"],
    ["in 45 min", "2026-11-30 11:02"],
    ["in an hour", "2026-11-30 11:17"],
    ["in 3 days", "2026-12-03 08:00"],
    ["in 2 weeks at 9:30", "2026-12-14 09:30"],
    ["tomorrow", "2026-12-01 08:00"],
    ["tomorrow 9am", "2026-12-01 09:00"],
    ["tomorrow afternoon", "2026-12-01 14:00"],
    ["tonight", "2026-11-30 18:00"],
    ["the day after tomorrow at noon", "2026-12-02 12:00"],
    ["Fri 15:00", "2026-12-04 15:00"],
    ["friday at 5", "2026-12-04 17:00"],
    ["friday 05:00", "2026-12-04 05:00"],
    ["sat 10", "2026-12-05 10:00"],
    ["this weekend", "2026-12-05 10:00"],
    ["next week", "2026-12-07 08:00"],
    ["2pm", "2026-11-30 14:00"],
    ["9am", "2026-12-01 09:00"],
    ["12 am", "2026-12-01 00:00"],
    ["dec 24 at 10", "2026-12-24 10:00"],
    ["24th of December, 10:30", "2026-12-24 10:30"],
    ["1 March", "2027-03-01 08:00"],
    ["2027-01-05 08:00", "2027-01-05 08:00"],
  ],
  de: [
    ["nächsten Montag 15 Uhr", "2026-12-07 15:00"],
    ["morgen um 9", "2026-12-01 09:00"],
    ["morgen früh", "2026-12-01 08:00"],
    ["übermorgen", "2026-12-02 08:00"],
    ["heute Abend", "2026-11-30 18:00"],
    ["in 2 Stunden", "2026-11-30 12:17"],
    ["in einer halben Stunde", "2026-11-30 10:47"],
    ["in 3 Tagen um 14:30 Uhr", "2026-12-03 14:30"],
    ["am Dienstag um 15 Uhr", "2026-12-01 15:00"],
    ["Fr 8.30", "2026-12-04 08:30"],
    ["nächste Woche", "2026-12-07 08:00"],
    ["am Wochenende", "2026-12-05 10:00"],
    ["24. Dezember 10 Uhr", "2026-12-24 10:00"],
    ["24.12. 10:00", "2026-12-24 10:00"],
    ["5.1.2027", "2027-01-05 08:00"],
    ["um 17 Uhr", "2026-11-30 17:00"],
    ["tomorrow 9am", "2026-12-01 09:00"],
  ],
  pt: [
    ["amanhã 9h", "2026-12-01 09:00"],
    ["amanhã às 9h30", "2026-12-01 09:30"],
    ["depois de amanhã", "2026-12-02 08:00"],
    ["em 2 horas", "2026-11-30 12:17"],
    ["daqui a 30 minutos", "2026-11-30 10:47"],
    ["em meia hora", "2026-11-30 10:47"],
    ["daqui a 3 dias", "2026-12-03 08:00"],
    ["próxima terça 15h", "2026-12-01 15:00"],
    ["terça-feira às 15h", "2026-12-01 15:00"],
    ["segunda que vem", "2026-12-07 08:00"],
    ["semana que vem", "2026-12-07 08:00"],
    ["hoje às 18h", "2026-11-30 18:00"],
    ["sexta à tarde", "2026-12-04 14:00"],
    ["sexta às 3 da tarde", "2026-12-04 15:00"],
    ["24 de dezembro às 10h", "2026-12-24 10:00"],
    ["24/12 10:00", "2026-12-24 10:00"],
    ["amanhã ao meio-dia", "2026-12-01 12:00"],
  ],
  es: [
    ["mañana a las 9", "2026-12-01 09:00"],
    ["mañana por la tarde", "2026-12-01 14:00"],
    ["pasado mañana", "2026-12-02 08:00"],
    ["en 2 horas", "2026-11-30 12:17"],
    ["dentro de media hora", "2026-11-30 10:47"],
    ["en 3 días a las 16", "2026-12-03 16:00"],
    ["próximo lunes a las 8", "2026-12-07 08:00"],
    ["el martes a las 15:00", "2026-12-01 15:00"],
    ["martes que viene", "2026-12-01 08:00"],
    ["la próxima semana", "2026-12-07 08:00"],
    ["hoy a las 18", "2026-11-30 18:00"],
    ["el viernes a las 3 de la tarde", "2026-12-04 15:00"],
    ["24 de diciembre a las 10", "2026-12-24 10:00"],
    ["24/12 10:00", "2026-12-24 10:00"],
  ],
};

describe.each(Object.entries(TABLE))("in %s", (language, rows) => {
  it.each(rows)("%s", (text, expected) => {
    // Today at eight is past.
    const isPast = expected === "2026-11-30 08:00";
    expect(read(text, language as Language)).toBe(isPast ? null : expected);
  });
});

it.each(["", "blue", "next tue maybe 3pm", "at 25", "31 february", "tomorrow tomorrow", "in 2 hours at 9", "yesterday", "2020-01-01"])("does not guess at %o", (text) => {
  expect(read(text, "en")).toBe(null);
});

it("reads dates in the order of the region", () => {
  expect([read("12/4", "en", "en-US"), read("12/4", "en", "en-GB")]).toEqual(["2026-12-04 08:00", "2027-04-12 08:00"]);
});

it("offers the usual times, soonest first", () => {
  expect(presetsAt(NOW).map(({ at }) => print(at))).toEqual(["2026-11-30 13:17", "2026-12-01 08:00", "2026-12-05 10:00", "2026-12-07 08:00"]);
  expect(presetsAt(new Date(2026, 11, 5, 9, 0)).map(({ at }) => print(at))).toEqual(["2026-12-05 12:00", "2026-12-06 08:00", "2026-12-07 08:00"]);
});
