import { describe, expect, it } from "vitest";
import { makeMessage } from "@/testing/factories";
import { LiveThreads, MAX_ROWS } from "./liveThreads";

const row = (id: number, seq = id) => makeMessage({ id, seq, sent_at: new Date(Date.UTC(2026, 2, 2) + id * 1_000).toISOString() });

function fill(count: number) {
  const threads = new LiveThreads();
  for (let id = 1; id <= count; id += 1) threads.take(row(id));
  return threads;
}

describe("the live rows of a thread", () => {
  it("are bounded: later ones are not held, but changes of those that are", () => {
    const threads = fill(MAX_ROWS + 50);
    expect(threads.rows().get(10)?.size).toBe(MAX_ROWS);
    expect(threads.cuts().get(10)).toBe(MAX_ROWS);
    expect(threads.take(row(3, 9_000))).toBe(true);
    expect(threads.rows().get(10)?.get(3)?.seq).toBe(9_000);
    expect(threads.take(row(3, 8_000))).toBe(false);
  });

  it("give way to the newest page", () => {
    const threads = fill(MAX_ROWS + 50);
    threads.settle(10, [row(MAX_ROWS - 1), row(MAX_ROWS - 2)]);
    expect([...(threads.rows().get(10)?.keys() ?? [])]).toEqual([MAX_ROWS]);
    expect(threads.cuts().size).toBe(0);
  });

  it("are forgotten with their chat or account", () => {
    const threads = fill(3);
    threads.forgetAccount(2);
    expect(threads.rows().size).toBe(1);
    threads.forgetAccount(1);
    expect(threads.rows().size).toBe(0);
    expect(threads.forget(10)).toBe(false);
  });
});
