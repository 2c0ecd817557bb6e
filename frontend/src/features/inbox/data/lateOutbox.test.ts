/** Messages that are written before the outbox's code is loaded. */
import { expect, it, vi } from "vitest";
import { makeMessage } from "@/testing/factories";
import { LateOutbox, type OutboxHooks } from "./lateOutbox";
import { Outbox } from "./outbox";

const entry = { clientId: "c1", accountId: 1, chatId: 10, text: "Hi", createdAt: "2026-03-02T12:00:00.000Z", error: null };

it("sends what was written before, once", async () => {
  const [onChange, onRows, post] = [vi.fn(), vi.fn(), vi.fn(() => Promise.resolve([makeMessage()]))];
  const late = new LateOutbox({ onChange, onRows });
  const sent = late.add(entry);
  expect([late.entries, late.discard("c1"), post.mock.calls.length]).toEqual([[], undefined, 0]);
  const make = vi.fn((hooks: OutboxHooks) => new Outbox({ ...hooks, post, explain: () => ({ isPassing: false, sentence: "No." }) }));
  const outbox = late.attach(make);
  expect(late.attach(make)).toBe(outbox);
  await sent;
  expect([make.mock.calls.length, post.mock.calls.length, onRows.mock.calls.length]).toEqual([1, 1, 1]);
});

it("says when it can keep what was written", async () => {
  const late = new LateOutbox({ onChange: vi.fn(), onRows: vi.fn() });
  const attached = late.attached();
  expect(late.isAttached).toBe(false);
  late.attach((hooks) => new Outbox({ ...hooks, post: vi.fn(), explain: () => ({ isPassing: false, sentence: "No." }) }));
  await attached;
  expect(late.isAttached).toBe(true);
});

it("does not keep the user from signing out", async () => {
  await new LateOutbox({ onChange: vi.fn(), onRows: vi.fn() }).clear();
});
