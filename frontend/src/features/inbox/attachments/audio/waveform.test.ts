import { expect, it } from "vitest";
import { BARS, barsOf, pathOf } from "./waveform";

it("shows the loudest part as 1, and silence as a thin line", () => {
  const samples = new Float32Array(BARS * 10);
  samples.fill(0.5, 0, 10);
  samples.fill(0.25, 10, 20);
  const bars = barsOf(samples);
  expect(bars).toHaveLength(BARS);
  expect(bars.slice(0, 3).map((value) => Number(value.toFixed(2)))).toEqual([1, 0.5, 0.08]);
});

it.each([0, 1, 7, BARS - 1, BARS * 1_000 + 3])("has the same number of bars for %i samples", (count) => {
  const bars = barsOf(new Float32Array(count).fill(0.1));
  expect(bars).toHaveLength(BARS);
  expect(bars.every((value) => value > 0 && value <= 1)).toBe(true);
});

it("draws each bar around the middle", () => {
  expect(pathOf([1, 0.5])).toBe("M1.5 0.0v24.0M4.5 6.0v12.0");
});
