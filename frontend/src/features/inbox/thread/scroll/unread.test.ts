import { describe, expect, it } from "vitest";
import { makeMessage, READ } from "@/testing/factories";
import type { Message } from "@/types/wire";
import { mergeBubbles } from "@/features/inbox/thread/list/bubbles";
import { addShown, findProgress, findUnread, isUnread, Loaded, NOTHING_SHOWN } from "./unread";

/** A message by its order in the thread; `arrived` is the order in which it was stored. */
const row = (id: number, arrived: number, fields: Partial<Message> = {}) =>
  makeMessage({ id, arrived_seq: arrived, seq: arrived, sent_at: `2026-03-02T09:${String(id).padStart(2, "0")}:00.000Z`, ...fields });
const own = (id: number, arrived: number) => row(id, arrived, { direction: "out", sender: null, status: "sent" });
const thread = (...rows: Message[]) => mergeBubbles(rows, [], [], READ);
const idsOf = (rows: readonly { readonly message: Message | null }[]) => rows.map(({ message }) => message?.id);

describe("an unread message", () => {
  it.each<[string, Partial<Message>, boolean]>([
    ["arrived after what was read", {}, true],
    ["is not an own one", { direction: "out" }, false],
    ["is not history", { is_history: true }, false],
    ["is not a deleted one", { deleted_at: "2026-03-02T09:00:00.000Z" }, false],
    ["is not a system event", { is_event: true, event_type: 1 }, false],
    ["may be a missed call", { is_event: true, event_type: 8 }, true],
    ["is not one that was read", { arrived_seq: 5 }, false],
  ])("%s", (_, fields, expected) => {
    expect(isUnread(row(1, 6, fields), 5)).toBe(expected);
  });
});

describe("the unread messages", () => {
  it.each<[string, Message[], number[], number[]]>([
    ["come after those that were read", [row(1, 1), row(2, 6), row(3, 7)], [2, 3], []],
    ["are late before one that was read", [row(1, 6), row(2, 2), row(3, 7)], [3], [1]],
    ["are late before an answer that was there first", [row(1, 9), own(2, 8), row(3, 10)], [3], [1]],
    ["are not late before an answer given later on the phone", [row(1, 6), own(2, 8), row(3, 9)], [1, 3], []],
    ["are not late among themselves", [row(1, 7), row(2, 6)], [1, 2], []],
  ])("%s", (_, rows, recent, late) => {
    const found = findUnread(thread(...rows), 5);
    expect([idsOf(found.recent), idsOf(found.late)]).toEqual([recent, late]);
  });
});

describe("the progress of reading", () => {
  const rows = [row(1, 1), row(2, 9), own(3, 8), row(4, 10), row(5, 11), row(6, 12)];
  const keys = rows.map(({ id }) => `m${id}`);
  const after = (...views: [string, string][]) => {
    const loaded = new Loaded(thread(...rows), 5);
    const shown = views.reduce((before, [first, last]) => addShown(before, loaded, first, last), NOTHING_SHOWN);
    return findProgress(loaded, shown);
  };

  it("is nothing before anything was shown", () => {
    expect(after()).toEqual({ mark: null, below: 3, late: [2] });
  });

  it("goes down to the lowest message shown, but not past a late one that was not", () => {
    expect(after(["m4", "m5"])).toEqual({ mark: 1, below: 1, late: [2] });
  });

  it("goes past a late message once it was shown", () => {
    expect(after(["m4", "m5"], ["m1", "m3"])).toEqual({ mark: 11, below: 1, late: [] });
    expect(after([keys[0] ?? "", keys[5] ?? ""])).toEqual({ mark: 12, below: 0, late: [] });
  });

  it("waits for late messages that are older than what is loaded", () => {
    const loaded = new Loaded(thread(row(4, 10)), 5, [{ id: 90, arrived_seq: 7 }, { id: 91, arrived_seq: 3 }]);
    const shown = addShown(NOTHING_SHOWN, loaded, "m4", "m4");
    expect(findProgress(loaded, shown)).toEqual({ mark: null, below: 0, late: [90] });
  });
});
