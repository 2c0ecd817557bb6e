import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { excerpt, highlight, highlightName, type Part } from "./highlight";

const shownOf = (parts: readonly Part[]) => parts.map((part) => (part.isFound ? `[${part.text}]` : part.text)).join("");
const marked = (text: string, wanted: string) => shownOf(highlight(text, wanted));

it.each([
  ["A próxima ENTREGA", "entr PROX", "A [próxima] [ENTREGA]"],
  ["a+b (c)", "(", "a+b (c)"],
  ["Presentrega", "entrega", "Presentrega"],
  ["offer_2.pdf", "2", "offer_[2].pdf"],
  ["", "x", ""],
])("highlights the beginnings of words: %s", (text, wanted, shown) => {
  expect(marked(text, wanted)).toBe(shown);
});

it.each([
  ["Tomás Almeida", "MAS al", "To[más Al]meida"],
  ["Straße", "asse", "Str[aße]"],
  ["Ana", "bia", "Ana"],
  ["Ana", " ", "Ana"],
  ["+55 11 98888-0000", "1198", "+55 [11 98]888-0000"],
  ["+5511988880000", "+55 11", "+[5511]988880000"],
  ["Ana 2", "2", "Ana [2]"],
])("highlights any part of a name: %s", (name, wanted, shown) => {
  expect(shownOf(highlightName(name, wanted))).toBe(shown);
});

const LETTERS = join(import.meta.dirname, "../../../../../tests/fixtures/letters.json");

it.each(JSON.parse(readFileSync(LETTERS, "utf8")) as [string, string][])("marks in %s what %s finds", (text, wanted) => {
  expect(marked(text, wanted)).toContain("[");
});

it("cuts a long beginning, but no match", () => {
  const parts = excerpt(`${"word ".repeat(20)}delivery\ntomorrow`, "deli");
  expect(parts[0]?.text).toMatch(/^…/);
  expect(parts.slice(1)).toEqual([
    { text: "delivery", isFound: true },
    { text: " tomorrow", isFound: false },
  ]);
});
