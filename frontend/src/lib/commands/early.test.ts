/** Keys pressed before their commands are loaded: held in their order, and dropped when they no longer fit. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EarlyPresses } from "./early";

describe("EarlyPresses", () => {
  let commands: Record<string, () => void>;
  let ran: string[];
  let isLoading: boolean;
  let isPageFree: boolean;
  let early: EarlyPresses;

  const offer = (...names: readonly string[]) => {
    for (const name of names) commands[name] = () => ran.push(name);
    early.retry();
  };

  beforeEach(() => {
    vi.useFakeTimers();
    [commands, ran, isLoading, isPageFree] = [{}, [], true, true];
    early = new EarlyPresses({
      run: (name) => {
        commands[name]?.();
        return name in commands;
      },
      isLoading: () => isLoading,
      isPageFree: () => isPageFree,
    });
  });
  afterEach(() => vi.useRealTimers());

  it("runs at once what is there", () => {
    offer("j");
    expect(early.press("j")).toBe(true);
    expect(ran).toEqual(["j"]);
  });

  it("runs what comes later in the order of the presses", () => {
    offer("e");
    for (const name of ["j", "e", "j"]) expect(early.press(name)).toBe(true);
    expect(ran).toEqual([]);
    offer("j");
    vi.advanceTimersByTime(10);
    expect(ran).toEqual(["j", "e", "j"]);
  });

  it("waits for what the press before brings", () => {
    commands.j = () => {
      ran.push("j");
      setTimeout(() => offer("i"), 100);
    };
    early.press("j");
    early.press("i");
    expect(ran).toEqual(["j"]);
    vi.advanceTimersByTime(200);
    expect(ran).toEqual(["j", "i"]);
  });

  it("holds nothing once all is loaded", () => {
    isLoading = false;
    expect(early.press("j")).toBe(false);
    offer("j");
    vi.advanceTimersByTime(10);
    expect(ran).toEqual([]);
  });

  it("drops what has no command when all is loaded, and runs the rest", () => {
    early.press("q");
    early.press("j");
    isLoading = false;
    offer("j");
    vi.advanceTimersByTime(10);
    expect(ran).toEqual(["j"]);
  });

  it.each(["Enter", "Tab", "ArrowDown", "Escape", "Ctrl+f"])("leaves %s to the browser", (name) => expect(early.press(name)).toBe(false));

  it("drops what is too old, and runs later keys at once", () => {
    early.press("q");
    vi.advanceTimersByTime(3_001);
    offer("q", "j");
    vi.advanceTimersByTime(10);
    expect(ran).toEqual([]);
    expect(early.press("j")).toBe(true);
    expect(ran).toEqual(["j"]);
  });

  it.each([
    ["Escape", () => void early.press("Escape")],
    ["a click", () => early.forget()],
    ["a dialog", () => void (isPageFree = false)],
  ])("drops all after %s", (_, interrupt) => {
    early.press("j");
    interrupt();
    offer("j");
    vi.advanceTimersByTime(10);
    expect(ran).toEqual([]);
  });
});
