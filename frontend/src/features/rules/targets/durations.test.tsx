import { afterEach, describe, expect, it } from "vitest";
import { activateLanguage } from "@/i18n/translate";
import type { Language } from "@/i18n/languages";
import { formatDuration, readDuration } from "./durations";

const HOUR = 60;
const DAY = 24 * HOUR;

afterEach(() => activateLanguage("en"));

describe("a duration", () => {
  it.each<[string, number]>([
    ["30", 30], ["30 min", 30], ["30min.", 30], ["4 h", 4 * HOUR], ["4h", 4 * HOUR], ["1:30", 90], ["1h30", 90], ["1 h 30 min", 90], ["1,5 h", 90], ["1.5 hours", 90],
    ["an hour", HOUR], ["half an hour", 30], ["2 days", 2 * DAY], ["2 days and 4 hours", 2 * DAY + 4 * HOUR], ["1 week", 7 * DAY],
    ["eine Stunde", HOUR], ["2 Std. 15 Min.", 135], ["3 Tage", 3 * DAY], ["media hora", 30], ["3 días y 2 horas", 3 * DAY + 2 * HOUR], ["uma hora e 30 minutos", 90], ["2 dias", 2 * DAY],
  ])("is read from “%s”", (text, minutes) => expect(readDuration(text)).toBe(minutes));

  it.each(["", "  ", "soon", "h", "0", "-5 min", "30 x", "30 min 2 h", "1 h 1 h", "2 days 5", "1:75", "4 h later"])("is not read from “%s”", (text) => expect(readDuration(text)).toBeNull());

  it.each<Language>(["en", "de", "es", "pt"])("is read as it was written in %s", async (language) => {
    await activateLanguage(language);
    for (const minutes of [1, 45, HOUR, 90, 8 * HOUR, 47 * HOUR + 59, 2 * DAY, 3 * DAY + 61, 30 * DAY]) {
      expect([readDuration(formatDuration(minutes)), readDuration(formatDuration(minutes, true))]).toEqual([minutes, minutes]);
    }
  });

  it("has no days of 24 hours where only office hours count", () => {
    expect([formatDuration(3 * DAY), formatDuration(3 * DAY, true), formatDuration(90)]).toEqual(["3 days", "72 hours", "1 hour 30 minutes"]);
  });
});
