import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { excerpt, highlight } from "./highlight";

const marked = (text: string, wanted: string) =>
  highlight(text, wanted).map((part) => (part.isFound ? `[${part.text}]` : part.text)).join("");

it.each([
  ["A próxima ENTREGA", "entr PROX", "A [próxima] [ENTREGA]"],
  ["a+b (c)", "(", "a+b (c)"],
  ["Presentrega", "entrega", "Presentrega"],
  ["", "x", ""],
])("highlights the beginnings of words: %s", (text, wanted, shown) => {
  expect(marked(text, wanted)).toBe(shown);
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
