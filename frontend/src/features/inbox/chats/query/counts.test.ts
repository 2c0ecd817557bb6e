/** Which changes move the counts, and how often they are read again. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeChat } from "@/testing/factories";
import type { Chat } from "@/types/wire";
import { paced } from "@/lib/paced";
import { movesCounts, sumCounts } from "./counts";

const NO_CHATS = { open: 0, snoozed: 0, closed: 0 };
const FILTERS = { groups: { mine: NO_CHATS, unassigned: NO_CHATS, all: NO_CHATS }, archived: NO_CHATS };
const count = (account_id: number, mine: number) => ({ account_id, seq: 1, mine, unassigned: 1, open: 3, snoozed: 2, waiting: 1, ...FILTERS });

it("adds up the accounts that are shown", () => {
  const counts = [count(1, 1), count(2, 2), count(3, 4)];
  expect(sumCounts(counts, [1, 2])).toEqual({ mine: 3, unassigned: 2, open: 6, snoozed: 4, waiting: 2 });
  expect(sumCounts(counts, [])).toMatchObject({ mine: 0, open: 0 });
});

const OPEN: Partial<Chat> = { status: "open", waiting_since: null };

it.each<[string, Partial<Chat>, Partial<Chat>, boolean]>([
  ["opened", {}, OPEN, true],
  ["closed", OPEN, {}, true],
  ["taken", OPEN, { ...OPEN, assignee: { id: 7, name: "Ana" } }, true],
  ["archived", OPEN, { ...OPEN, archived: true }, true],
  ["waiting", OPEN, { ...OPEN, waiting_since: "2026-03-02T09:00:00.000Z" }, true],
  ["read", { ...OPEN, unread_count: 2 }, OPEN, false],
  ["archived while closed", {}, { archived: true }, true],
  ["a group, as is found out while it is closed", {}, { kind: "group" }, true],
  ["a group that is closed", { ...OPEN, kind: "group" }, { kind: "group" }, true],
  ["opened while archived", { archived: true }, { ...OPEN, archived: true }, true],
  ["a group that is read while it is closed", { kind: "group", unread_count: 2 }, { kind: "group" }, false],
])("a chat that is %s", (_, before, after, expected) => expect(movesCounts(makeChat(before), makeChat(after))).toBe(expected));

it("counts again for a chat that is not known", () => expect(movesCounts(undefined, makeChat())).toBe(true));

describe("reading again", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("happens at once, at most once in a while, and after the last change", () => {
    const run = vi.fn();
    const call = paced(run, 1_000);
    call();
    expect(run).toHaveBeenCalledTimes(1);
    for (let n = 0; n < 50; n += 1) call();
    vi.advanceTimersByTime(999);
    expect(run).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(5_000);
    expect(run).toHaveBeenCalledTimes(2);
    call();
    expect(run).toHaveBeenCalledTimes(3);
  });
});
