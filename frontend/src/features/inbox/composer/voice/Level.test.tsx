/** The recorder shows how loud the microphone is, and says when it hears nothing. */
import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Level } from "./Level";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function pass(ms: number): void {
  act(() => void vi.advanceTimersByTime(ms));
}

function show(level: () => number) {
  const recording = { pause: vi.fn(), resume: vi.fn(), seconds: vi.fn(), level, listen: vi.fn(), finish: vi.fn(), drop: vi.fn() };
  render(<Level recording={{ current: recording }} />);
}

const bars = () => [...screen.getByTestId("voice-level").children].map((bar) => Number((bar as HTMLElement).style.getPropertyValue("--level")));

it("draws the newest level at the end", () => {
  const levels = [0.2, 0.8];
  show(() => levels.shift() ?? 0.5);
  pass(3 * 80);
  expect(bars().slice(-4)).toEqual([0, 0.2, 0.8, 0.5]);
});

it("says that it hears nothing, until it does", () => {
  let level = 0;
  show(() => level);
  pass(39 * 80);
  expect(screen.queryByRole("status")).toBeNull();
  pass(80);
  expect(screen.getByRole("status").textContent).not.toBe("");
  level = 0.3;
  pass(80);
  expect(screen.queryByRole("status")).toBeNull();
});
