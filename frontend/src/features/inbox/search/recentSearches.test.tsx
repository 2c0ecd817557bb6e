/** Recent searches: newest first, each once, a few, and none of another user. */
import { beforeEach, expect, it } from "vitest";
import { forgetSearches, noteSearch, readSearches, withSearch } from "./recentSearches";

beforeEach(() => localStorage.clear());

it.each([
  ["the first", [], "order", ["order"]],
  ["the newest first", ["order"], "bia", ["bia", "order"]],
  ["one that was there", ["bia", "order"], "Order", ["Order", "bia"]],
  ["one that goes on", ["ord", "bia"], "order", ["order", "bia"]],
  ["at most six", ["a1", "b2", "c3", "d4", "e5", "f6"], "new", ["new", "a1", "b2", "c3", "d4", "e5"]],
  ["no single letter", ["bia"], " o ", ["bia"]],
])("remembers %s", (_, before, text, after) => {
  expect(withSearch(before, text)).toEqual(after);
});

it("stores them by user, and forgets them", () => {
  noteSearch(1, "order");
  expect([readSearches(1), readSearches(2)]).toEqual([["order"], []]);
  forgetSearches(1);
  expect(readSearches(1)).toEqual([]);
});

it("ignores what is stored in another form", () => {
  localStorage.setItem("confab.searches.1", "{");
  expect(readSearches(1)).toEqual([]);
  localStorage.setItem("confab.searches.1", '["order", 1, null]');
  expect(readSearches(1)).toEqual(["order"]);
});
