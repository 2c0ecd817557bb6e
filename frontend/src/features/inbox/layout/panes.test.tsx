/** Stored widths are used within the limits; anything else is ignored. */
import { beforeEach, expect, it } from "vitest";
import { changePanes, clampWidth, getPanes, LIMITS, parsePanes, subscribePanes } from "./panes";

const USUAL = { list: LIMITS.list.usual, context: LIMITS.context.usual, isContextOpen: null };

beforeEach(() => localStorage.clear());

it.each([
  ["nothing", null, USUAL],
  ["broken JSON", "{", USUAL],
  ["another type", "[]", USUAL],
  ["a text", '"wide"', USUAL],
  ["all", '{"list":300,"context":400,"isContextOpen":false}', { list: 300, context: 400, isContextOpen: false }],
  ["widths beyond the limits", '{"list":1,"context":9999}', { list: LIMITS.list.min, context: LIMITS.context.max, isContextOpen: null }],
  ["widths that are none", '{"list":"300","context":null,"isContextOpen":"yes"}', USUAL],
])("reads %s", (_, text, expected) => {
  expect(parsePanes(text)).toEqual(expected);
});

it("keeps a width within its limits, in whole pixels", () => {
  expect([clampWidth("list", 300.4), clampWidth("list", -5), clampWidth("context", 5000)]).toEqual([300, LIMITS.list.min, LIMITS.context.max]);
});

it("stores a change and tells who listens", () => {
  let calls = 0;
  const stop = subscribePanes(() => (calls += 1));
  changePanes({ list: 400 });
  stop();
  changePanes({ isContextOpen: true });
  expect(calls).toBe(1);
  expect(getPanes()).toMatchObject({ list: 400, isContextOpen: true });
  expect(parsePanes(localStorage.getItem("confab.panes"))).toMatchObject({ list: 400, isContextOpen: true });
});
