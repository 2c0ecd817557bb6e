import { describe, expect, it } from "vitest";
import { Heights, rangeAround, shouldMove } from "./threadWindow";

describe("the rendered range", () => {
  it.each<[string, number, number, { start: number; end: number }]>([
    ["is around the middle", 100, 50, { start: 40, end: 60 }],
    ["is full at the start", 100, 2, { start: 0, end: 20 }],
    ["is full at the end", 100, 99, { start: 80, end: 100 }],
    ["is everything that is there", 7, 3, { start: 0, end: 7 }],
    ["may be empty", 0, -1, { start: 0, end: 0 }],
  ])("%s", (_, count, middle, expected) => {
    expect(rangeAround(count, middle, 10)).toEqual(expected);
  });

  it("moves on after some messages, and not beyond an end", () => {
    const range = { start: 40, end: 60 };
    expect(shouldMove(range, 100, 50, 57)).toBe(false);
    expect(shouldMove(range, 100, 50, 58)).toBe(true);
    expect(shouldMove(range, 60, 50, 58)).toBe(false);
    expect(shouldMove({ start: 0, end: 20 }, 100, 10, 1)).toBe(false);
  });
});

describe("the heights", () => {
  it("are those that were seen, else an average", () => {
    const heights = new Heights();
    heights.note("b", 10);
    expect(heights.sum(["a", "b", "c"], 1)).toBe(10 + Heights.UNKNOWN);
    expect(heights.indexAbove(["a", "b", "c"], 0)).toBe(2);
    expect(heights.indexAbove(["a", "b", "c"], Heights.UNKNOWN + 5)).toBe(1);
    expect(heights.indexAbove(["a", "b", "c"], 9_999)).toBe(0);
  });
});
