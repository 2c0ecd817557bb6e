import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createBrowser } from "@/testing/fakeTabs";
import { ANSWER_MS, ASK_MS, inTurn } from "./turns";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const SILENCE_MS = ASK_MS + ANSWER_MS + 500;
const never = () => new Promise<void>(() => undefined);

it("lets a busy tab keep the lock, however long it takes", async () => {
  const browser = createBrowser();
  let finish: () => void = () => undefined;
  const first = inTurn(browser.openTab(), "upload", () => new Promise((resolve) => (finish = resolve)));
  const other = vi.fn(() => Promise.resolve());
  void inTurn(browser.openTab(), "upload", other);
  await pass(10 * 60_000);
  expect(other).not.toHaveBeenCalled();
  finish();
  await first;
  await pass();
  expect(other).toHaveBeenCalledTimes(1);
});

it.each(["frozen", "discarded"])("takes the turn of a tab that was %s, and tells it when it comes back", async (how) => {
  const browser = createBrowser();
  const holder = browser.openTab();
  let lost: AbortSignal | undefined;
  const first = inTurn(holder, "send", (signal) => ((lost = signal), never())).catch(() => "robbed");
  await pass();
  if (how === "frozen") holder.freeze();
  else holder.die();
  const other = vi.fn(() => Promise.resolve());
  const second = inTurn(browser.openTab(), "send", other);
  await pass(ASK_MS);
  expect(other).not.toHaveBeenCalled();
  await pass(SILENCE_MS - ASK_MS);
  expect(other).toHaveBeenCalledTimes(1);
  await second;
  expect(await first).toBe("robbed");
  expect(lost?.aborted).toBe(true);
});

it("is taken over by one of several waiting tabs at a time", async () => {
  const browser = createBrowser();
  const holder = browser.openTab();
  void inTurn(holder, "send", never).catch(() => undefined);
  await pass();
  holder.freeze();
  const atWork = { now: 0, most: 0, done: 0 };
  const work = async () => {
    atWork.most = Math.max(atWork.most, ++atWork.now);
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    atWork.now -= 1;
    atWork.done += 1;
  };
  for (let tab = 0; tab < 3; tab += 1) void inTurn(browser.openTab(), "send", work);
  await pass(2 * 60_000);
  expect(atWork).toEqual({ now: 0, most: 1, done: 3 });
});

it("passes on an error of the work, and lets the next tab in", async () => {
  const browser = createBrowser();
  const failing = inTurn(browser.openTab(), "send", () => Promise.reject(new Error("away")));
  await expect(failing).rejects.toThrow("away");
  const next = vi.fn(() => Promise.resolve());
  await inTurn(browser.openTab(), "send", next);
  expect(next).toHaveBeenCalledTimes(1);
});

it("works alone where the browser has no locks", async () => {
  const work = vi.fn(() => Promise.resolve());
  await inTurn(null, "send", work);
  expect(work).toHaveBeenCalledTimes(1);
});
