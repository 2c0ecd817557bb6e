/** The request for each text and filter. */
import { expect, it } from "vitest";
import { hasFilters, isAsked, NOTHING, queryOf, type Wanted } from "./searchQuery";

const NOW = new Date(2026, 10, 30, 15, 30);
const chat = { id: 7, name: "Bia" };
const at = (year: number, month: number, day: number) => new Date(year, month - 1, day).toISOString();

it.each<[string, Partial<Wanted>, object, boolean]>([
  ["nothing", {}, {}, false],
  ["blanks", { text: " \u200b" }, {}, false],
  ["a text", { text: " order " }, { q: "order" }, true],
  ["a number alone", { accountId: 1 }, { account: 1 }, false],
  ["a period alone", { period: "day" }, { since: at(2026, 11, 30) }, false],
  ["one number", { text: "order", accountId: 1 }, { q: "order", account: 1 }, true],
  ["one chat, which has a number already", { accountId: 2, chat }, { chat: 7 }, true],
  ["my messages over one number", { accountId: 2, from: { id: "me", name: "You" } }, { account: 2, from: "me" }, true],
  ["a contact's messages, who has a number already", { accountId: 2, from: { id: 5, name: "Ana" } }, { from: 5 }, true],
  ["a colleague's messages over one number", { accountId: 2, author: 8 }, { account: 2, author: 8 }, true],
  ["files", { has: "file" }, { has: "file" }, true],
  ["today", { text: "a", period: "day" }, { q: "a", since: at(2026, 11, 30) }, true],
  ["the last 7 days", { text: "a", period: "week" }, { q: "a", since: at(2026, 11, 24) }, true],
  ["the days between two dates", { text: "a", period: "range", days: { first: "2026-03-02", last: "2026-03-31" } }, { q: "a", since: at(2026, 3, 2), until: at(2026, 4, 1) }, true],
  ["dates in the other order", { text: "a", period: "range", days: { first: "2026-03-31", last: "2026-03-02" } }, { q: "a", since: at(2026, 3, 2), until: at(2026, 4, 1) }, true],
  ["the days from a date on", { text: "a", period: "range", days: { first: "2026-03-02", last: "" } }, { q: "a", since: at(2026, 3, 2) }, true],
  ["the days up to a date", { text: "a", period: "range", days: { first: "", last: "2026-12-31" } }, { q: "a", until: at(2027, 1, 1) }, true],
  ["dates that no filter asks for", { text: "a", days: { first: "2026-03-02", last: "" } }, { q: "a" }, true],
])("asks for %s", (_, fields, query, asked) => {
  const wanted = { ...NOTHING, ...fields };
  expect(queryOf(wanted, NOW)).toEqual(query);
  expect(isAsked(wanted)).toBe(asked);
});

it("knows whether there are filters", () => {
  expect([hasFilters(NOTHING), hasFilters({ ...NOTHING, text: "a" }), hasFilters({ ...NOTHING, period: "day" })]).toEqual([false, false, true]);
});
