// @vitest-environment jsdom -- leaving the page is an event of the window
/** What waits can be taken back, until it was requested. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TakenBackError, UNDOABLE_MS, waitUndoable } from "./undoable";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("passes after a while, and then cannot be taken back", async () => {
  const { passed, takeBack } = waitUndoable();
  await vi.advanceTimersByTimeAsync(UNDOABLE_MS);
  takeBack();
  await expect(passed).resolves.toBeUndefined();
});

it("never passes once it was taken back", async () => {
  const { passed, takeBack } = waitUndoable();
  takeBack();
  vi.advanceTimersByTime(UNDOABLE_MS);
  await expect(passed).rejects.toBeInstanceOf(TakenBackError);
});

it("passes at once when the page is left", async () => {
  const { passed } = waitUndoable();
  window.dispatchEvent(new Event("pagehide"));
  await expect(passed).resolves.toBeUndefined();
});
