/** What is offered depends on the hour and the day of the week. */
import { expect, it } from "vitest";
import { fieldValueOf, offeredTimes } from "./times";

const offers = (now: Date) => offeredTimes(now).map(([name, date]) => `${name} ${fieldValueOf(date)}`);

it("offers later today, tomorrow and Monday", () => {
  expect(offers(new Date(2026, 2, 4, 10, 20))).toEqual(["later 2026-03-04T13:00", "tomorrow 2026-03-05T09:00", "monday 2026-03-09T09:00"]);
});

it("offers nothing later in the evening, and Monday only once on a Sunday", () => {
  expect(offers(new Date(2026, 2, 4, 20, 0))).toEqual(["tomorrow 2026-03-05T09:00", "monday 2026-03-09T09:00"]);
  expect(offers(new Date(2026, 2, 8, 10, 0))).toEqual(["later 2026-03-08T13:00", "tomorrow 2026-03-09T09:00"]);
});

it("means the next Monday on a Monday", () => {
  expect(offers(new Date(2026, 2, 9, 10, 0))).toContain("monday 2026-03-16T09:00");
});
