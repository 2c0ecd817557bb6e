// @ts-check
import { expect, it } from "vitest";
import { beginAbsolute, pathOf, readIcons } from "./icons.js";

it.each([
  ["M4 8v11", "M4 8v11"],
  ["m9 15 3-3 3 3", "M9 15l3-3 3 3"],
  ["m21 21-4.34-4.34", "M21 21l-4.34-4.34"],
  ["m.5-.5h2", "M.5 -.5h2"],
])("the path %s begins where it says", (d, expected) => expect(beginAbsolute(d)).toBe(expected));

it("every shape is drawn as a path", () => {
  const path = pathOf([
    ["path", { d: "m1 2 3 4" }],
    ["circle", { cx: "12", cy: "12", r: "10" }],
    ["rect", { x: "2", y: "3", width: "20", height: "5", rx: "1" }],
    ["line", { x1: "1", x2: "2", y1: "3", y2: "4" }],
    ["polyline", { points: "1 2 3 4" }],
  ]);
  expect(path).toBe("M1 2l3 4M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0zM3 3h18a1 1 0 0 1 1 1v3a1 1 0 0 1 -1 1h-18a1 1 0 0 1 -1 -1v-3a1 1 0 0 1 1 -1zM1 3L2 4M1 2 3 4");
});

it("what is filled cannot be drawn with an outline alone", () => {
  expect(() => pathOf([["circle", { cx: "12", cy: "12", r: "4", fill: "currentColor" }]])).toThrow("circle");
  expect(() => pathOf([["text", {}]])).toThrow("text");
});

it("every icon of the app is one of Lucide's", async () => {
  const icons = await readIcons();
  expect(icons["send"]).toMatch(/^M/);
  expect(Object.values(icons).every((path) => path.startsWith("M"))).toBe(true);
});
