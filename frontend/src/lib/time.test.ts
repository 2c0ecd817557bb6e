/** The line between two days names them as people do, by the clock of the viewer. */
import { expect, it } from "vitest";
import { formatDay, isSameDay } from "./time";

// Without a zone: these are the viewer's own days, whatever the zone of this machine.
const NOW = new Date("2026-03-05T00:30:00");
const at = (text: string) => new Date(text).toISOString();

it.each([
  ["2026-03-05T00:00:00", "today"],
  ["2026-03-04T23:59:59", "yesterday"],
  ["2026-03-04T00:00:00", "yesterday"],
  ["2026-03-06T12:00:00", "tomorrow"],
  ["2026-03-03T23:59:59", "Tuesday"],
  ["2026-02-26T12:00:00", "February 26, 2026"],
])("%s is %s, half an hour after midnight", (time, name) => {
  expect(formatDay(at(time), NOW)).toBe(name);
});

it("ends a day at the viewer's midnight", () => {
  expect(isSameDay(at("2026-03-04T00:00:00"), at("2026-03-04T23:59:59"))).toBe(true);
  expect(isSameDay(at("2026-03-04T23:59:59"), at("2026-03-05T00:00:00"))).toBe(false);
});
