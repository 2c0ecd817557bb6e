/** A database that does not respond, as beside an older version in another tab, or after the browser corrupted its files. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LIMITS_MS, TimeLimitError } from "@/lib/limits";
import { openOutboxStorage } from "./outboxStorage";

interface FakeRequest {
  result: unknown;
  onsuccess?: () => void;
  onerror?: () => void;
  error?: Error;
}

let opened: FakeRequest;
const asked: FakeRequest[] = [];

const store = {
  getAll: () => {
    const request: FakeRequest = { result: [] };
    asked.push(request);
    return request;
  },
};
const close = vi.fn();
const open = vi.fn(() => opened);
const database = { transaction: vi.fn(() => ({ objectStore: () => store })), close } as unknown as IDBDatabase;

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  opened = { result: database };
  open.mockClear().mockImplementation(() => opened);
  vi.stubGlobal("indexedDB", { open });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const outcome = (promise: Promise<unknown>) => promise.then((value) => value, (error: unknown) => error);

it("gives up on a database that does not open, fails immediately from then on, and uses it when it opens late", async () => {
  const storage = openOutboxStorage(7);
  const first = outcome(storage.list());
  await pass(LIMITS_MS.database);
  expect(await first).toBeInstanceOf(TimeLimitError);
  expect(await outcome(storage.list())).toBeInstanceOf(TimeLimitError);
  opened.onsuccess?.();
  const second = storage.list();
  opened.onsuccess?.();
  await pass();
  asked[0]?.onsuccess?.();
  expect(await second).toEqual([]);
});

it("gives up on a request that is never answered", async () => {
  const storage = openOutboxStorage(7);
  const first = outcome(storage.list());
  opened.onsuccess?.();
  await pass(LIMITS_MS.database);
  expect(await first).toBeInstanceOf(TimeLimitError);
});

it("does not block a newer page, and reopens the database afterwards", async () => {
  const storage = openOutboxStorage(7);
  const first = storage.list();
  opened.onsuccess?.();
  await pass();
  asked[0]?.onsuccess?.();
  await first;
  (database.onversionchange as unknown as () => void)();
  expect(close).toHaveBeenCalledTimes(1);
  void storage.list();
  await pass();
  expect(open).toHaveBeenCalledTimes(2);
});
