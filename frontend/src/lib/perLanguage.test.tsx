/** Formatters follow the language while the app runs. */
import { expect, it } from "vitest";
import { activateLanguage } from "@/i18n/translate";
import { formatCount } from "./counts";
import { formatClock, formatDay, formatListTime } from "./time";

const NOON = "2026-03-05T12:00:00Z";
const LATER = new Date("2026-05-01T12:00:00Z");

it("changes counts and dates with the language", async () => {
  const format = async (language: "en" | "de" | "pt") => {
    await activateLanguage(language);
    return [formatCount(20_000), formatDay(NOON, LATER), formatDay(NOON, new Date(NOON))];
  };
  expect(await format("de")).toEqual(["20.000", "5. März 2026", "heute"]);
  expect(await format("pt")).toEqual(["20.000", "5 de março de 2026", "hoje"]);
  expect(await format("en")).toEqual(["20,000", "March 5, 2026", "today"]);
});

it.each([
  ["de", "01:02", "Do"],
  ["es", "1:02", "jue"],
  ["pt", "01:02", "qui."],
  ["en", "1:02 AM", "Thu"],
] as const)("writes times and days as is usual in %s", async (language, clock, day) => {
  await activateLanguage(language);
  const night = new Date(2026, 2, 5, 1, 2).toISOString();
  expect(formatClock(night).replace("\u202f", " ")).toBe(clock);
  expect(formatListTime(night, new Date(2026, 2, 8))).toBe(day);
});
