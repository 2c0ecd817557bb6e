import { expect, it } from "vitest";
import { formatWait, levelOf } from "./waiting";

const NOW = Date.parse("2026-03-02T12:00:00.000Z");
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

it.each<[number, string, ReturnType<typeof levelOf>]>([
  [0, "waits 1 min", "short"],
  [-5, "waits 1 min", "short"],
  [12, "waits 12 min", "short"],
  [30, "waits 30 min", "long"],
  [119, "waits 1 hr", "long"],
  [240, "waits 4 hr", "veryLong"],
  [3 * 24 * 60, "waits 3 days", "veryLong"],
])("after %i minutes a contact %s", (minutes, text, level) => {
  expect([formatWait(ago(minutes), NOW), levelOf(ago(minutes), NOW)]).toEqual([text, level]);
});
