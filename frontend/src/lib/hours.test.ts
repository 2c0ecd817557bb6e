/** When office hours are asked for again. */
import { expect, it } from "vitest";
import { ALWAYS_OPEN, askAfter } from "./hours";

const NOW = Date.parse("2026-11-30T16:59:00Z");

it.each<readonly [string | null, number | false]>([
  [null, false],
  ["2026-11-30T17:00:00.000Z", 61_000],
  // The clock of this device is ahead of the server's.
  ["2026-11-30T16:00:00.000Z", 30_000],
  ["2027-11-30T17:00:00.000Z", 86_400_000],
])("asks again after a change at %s", (changes_at, after) => {
  expect(askAfter({ hours: null, is_open: true, changes_at }, NOW)).toBe(after);
});

it("does not ask where nothing is known or nothing changes", () => {
  expect(askAfter(undefined, NOW)).toBe(false);
  expect(askAfter(ALWAYS_OPEN, NOW)).toBe(false);
});
