import { describe, expect, it } from "vitest";
import { makeChat } from "@/testing/factories";
import type { Chat } from "@/types/wire";
import { sortChats } from "@/features/inbox/chats/query/chatPages";
import { arrange, countWaiting, nextStep, type HeldOrder, type Sorted } from "./heldOrder";

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 9, minute)).toISOString();
const chat = (id: number, minute: number, fields: Partial<Chat> = {}) =>
  makeChat({ id, last_message_at: at(minute), last_message_direction: "in", ...fields });

function sorted(rows: readonly Chat[], wants: (chat: Chat) => boolean = () => true): Sorted {
  const chats = sortChats(rows, "", wants);
  return { chats, known: new Map(rows.map((row) => [row.id, row])) };
}

const ids = (rows: readonly Chat[]) => rows.map(({ id }) => id);
const FIRST = [chat(1, 30), chat(2, 20), chat(3, 10)];

describe("a held list", () => {
  const held = [1, 2, 3];

  it.each<[string, readonly Chat[], readonly number[]]>([
    ["a message in a lower row", [chat(1, 30), chat(2, 20), chat(3, 40)], [1, 2, 3]],
    ["a new chat", [...FIRST, chat(4, 40)], [1, 2, 3]],
    ["a chat between two rows", [...FIRST, chat(4, 15)], [1, 2, 3]],
    ["an older page", [...FIRST, chat(4, 5), chat(5, 1)], [1, 2, 3, 4, 5]],
    ["a pinned row", [chat(1, 30), chat(2, 20), chat(3, 10, { pinned: true })], [1, 2, 3]],
    ["a deleted row", [chat(1, 30), chat(3, 10)], [1, 3]],
    ["other chats only", [chat(8, 2), chat(9, 1)], [8, 9]],
    ["nothing", [], []],
  ])("with %s", (_, rows, expected) => {
    expect(ids(arrange(held, sorted(rows)))).toEqual(expected);
  });

  it("shows the newest version of each row", () => {
    expect(arrange(held, sorted([chat(1, 30), chat(2, 50, { unread_count: 4 }), chat(3, 10)]))[1]?.unread_count).toBe(4);
  });

  it("retains a row that was read in the unread list until it settles", () => {
    const unread = ({ unread_count }: Chat) => unread_count > 0;
    const rows = [chat(1, 30, { unread_count: 1 }), chat(2, 20, { unread_count: 0 }), chat(3, 10, { unread_count: 1 })];
    expect(ids(arrange(held, sorted(rows, unread)))).toEqual([1, 2, 3]);
    expect(ids(nextStep(null, sorted(rows, unread), false, []).rows)).toEqual([1, 3]);
  });

  it("counts the chats that contacts wrote in since", () => {
    const { order } = nextStep(null, sorted(FIRST), true, []);
    const later = sorted([chat(1, 30), chat(2, 50), chat(3, 45, { last_message_direction: "out" }), chat(4, 40), chat(5, 1)]);
    expect([countWaiting(order, sorted(FIRST)), countWaiting(order, later), countWaiting(null, later)]).toEqual([0, 2, 0]);
  });

  it.each<[string, readonly Chat[], readonly number[]]>([
    ["a row that the user pins goes to the top", [chat(1, 30), chat(2, 20), chat(3, 10, { pinned: true }), chat(4, 50)], [3, 1, 2]],
    ["a row that the user archives leaves", [chat(1, 30), chat(2, 20), chat(3, 10, { archived: true }), chat(4, 50)], [1, 2]],
    ["a row that the user restores returns to its place", [chat(1, 30), chat(2, 20), chat(3, 25), chat(4, 50)], [1, 3, 2]],
  ])("%s, the others hold", (_, rows, expected) => {
    const { order } = nextStep(null, sorted(FIRST), true, []);
    const list = sorted(rows, ({ archived }) => !archived);
    const step = nextStep(order, list, true, [3]);
    expect(ids(step.rows)).toEqual(expected);
    expect(nextStep(step.order, list, true, [3])).toEqual(step);
  });
});

/** A small generator with a seed, so that a failure can be repeated. */
function makeRandom(seed: number) {
  let state = seed + 1;
  return (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** Rows after one of the things that happen to a list: messages, new chats, pages, pins, reads, deletions. */
function happen(rows: readonly Chat[], random: (below: number) => number, minute: number): readonly Chat[] {
  const target = rows[random(Math.max(rows.length, 1))];
  const change = (fields: Partial<Chat>) => rows.map((row) => (row === target ? { ...row, ...fields } : row));
  switch (random(6)) {
    case 0: return change({ last_message_at: at(minute), unread_count: 1 });
    case 1: return [...rows, chat(1000 + minute, minute, { unread_count: 1 })];
    case 2: return [...rows, chat(2000 + minute, -minute, { unread_count: 1 })];
    case 3: return change({ pinned: target?.pinned !== true });
    case 4: return change({ unread_count: 0 });
    default: return rows.filter((row) => row !== target);
  }
}

function checkStep(before: readonly number[], after: readonly number[], list: Sorted) {
  expect(new Set(after).size).toBe(after.length);
  // What was shown and still exists is shown first, in the same order.
  const kept = before.filter((id) => list.known.has(id));
  expect(after.slice(0, kept.length)).toEqual(kept);
  expect(after.every((id) => list.known.has(id))).toBe(true);
}

it.each(Array.from({ length: 300 }, (_, seed) => seed))("any history holds, then settles (seed %i)", (seed) => {
  const random = makeRandom(seed);
  const wants = seed % 2 === 0 ? () => true : ({ unread_count }: Chat) => unread_count > 0;
  let rows: readonly Chat[] = Array.from({ length: 1 + random(12) }, (_, index) => chat(index + 1, -index, { unread_count: 1 }));
  let order: HeldOrder | null = null;
  let shown: readonly number[] = [];
  for (let minute = 1; minute < 40; minute += 1) {
    const step = nextStep(order, sorted(rows, wants), true, []);
    if (order !== null) checkStep(shown, ids(step.rows), sorted(rows, wants));
    [order, shown] = [step.order, ids(step.rows)];
    rows = happen(rows, random, minute);
  }
  const settled = nextStep(order, sorted(rows, wants), false, []);
  expect([ids(settled.rows), settled.order]).toEqual([ids(sorted(rows, wants).chats), null]);
});
