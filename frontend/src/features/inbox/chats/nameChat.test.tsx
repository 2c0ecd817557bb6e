import { expect, it } from "vitest";
import { makeChat } from "@/testing/factories";
import { nameChat } from "./nameChat";

it.each([
  ["\u3164", "direct", "Unknown contact"],
  ["\u200b\u200b", "group", "Group"],
  [" ", "direct", "Unknown contact"],
  [null, "direct", "Unknown contact"],
  ["2026", "group", "2026"],
  ["+5511988880000", "direct", "+5511988880000"],
] as const)("no row of the list is an empty line (%#)", (title, kind, wanted) => {
  expect(nameChat(makeChat({ title, kind, contact: null }))).toBe(wanted);
});
