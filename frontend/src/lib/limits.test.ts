import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TimeLimitError, withDeadline } from "./limits";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = () => new Promise<never>(() => undefined);
const settled = (promise: Promise<unknown>) => promise.then((value) => value, (error: unknown) => error);

it("resolves with the result, and leaves no timer behind", async () => {
  expect(await withDeadline(1_000, () => Promise.resolve("fine"))).toBe("fine");
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(0);
  const broken = () => {
    throw new Error("broken");
  };
  await expect(withDeadline(1_000, broken)).rejects.toThrow("broken");
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(0);
});

it("rejects at the limit and aborts the work", async () => {
  const stopped = vi.fn();
  const outcome = settled(withDeadline(1_000, ({ signal }) => (signal.addEventListener("abort", stopped), never())));
  await vi.advanceTimersByTimeAsync(999);
  expect(stopped).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(await outcome).toBeInstanceOf(TimeLimitError);
  expect(stopped).toHaveBeenCalledTimes(1);
});

it("waits while there is progress, and no longer", async () => {
  let extend: (ms?: number) => void = () => undefined;
  const outcome = settled(withDeadline(1_000, (wait) => ((extend = wait.extend), never())));
  for (let round = 0; round < 5; round += 1) {
    await vi.advanceTimersByTimeAsync(900);
    extend();
  }
  extend(5_000);
  await vi.advanceTimersByTimeAsync(4_999);
  const early = await Promise.race([outcome, Promise.resolve("waiting")]);
  expect(early).toBe("waiting");
  await vi.advanceTimersByTimeAsync(1);
  expect(await outcome).toBeInstanceOf(TimeLimitError);
});

it("rejects when the caller aborts, before and during the wait", async () => {
  const caller = new AbortController();
  const outcome = settled(withDeadline(1_000, never, caller.signal));
  const reason = new Error("left");
  caller.abort(reason);
  expect(await outcome).toBe(reason);
  expect(() => withDeadline(1_000, never, caller.signal)).toThrow(reason);
});
