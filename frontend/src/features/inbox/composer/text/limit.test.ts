import { expect, it } from "vitest";
import { charactersLeft } from "./limit";

it.each([
  ["far from the end", "a".repeat(10), null],
  ["a thousand before the end", "a".repeat(1_000), 1_000],
  ["at the limit", "a".repeat(2_000), 0],
  ["beyond the limit", "a".repeat(2_003), -3],
  ["emoji, which count once each", "😀".repeat(1_990), 10],
])("counts %s", (_, text, left) => expect(charactersLeft(text, 2_000)).toBe(left));
