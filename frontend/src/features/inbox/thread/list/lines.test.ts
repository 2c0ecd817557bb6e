import { describe, expect, it } from "vitest";
import { makeMessage, READ } from "@/testing/factories";
import type { Activity, Conversation } from "@/types/wire";
import { mergeBubbles } from "./bubbles";
import { placeItems } from "./internalItems";
import { linesOf } from "./lines";
import { groupByDay } from "@/features/inbox/thread/scroll/threadRows";

const on = (day: number, minute: number) => new Date(2026, 2, day, 9, minute).toISOString();
const bubbles = mergeBubbles([1, 2, 3].map((id) => makeMessage({ id, sent_at: id === 3 ? on(4, 3) : on(2, id) })), [], [], READ);

const activity = (id: number, at: string): Activity => ({
  id, account_id: 1, chat_id: 10, kind: "closed", actor: { kind: "user", id: 8, name: "Ana" }, details: {}, at, seq: id,
});
const conversation = (id: number, opened_at: string, follows_id: number | null): Conversation => ({
  id, chat_id: 10, opened_at, opened_by: "contact", opener_id: null, follows_id, first_reply_at: null, first_reply_by: null, reopened_at: null, closed_at: null, closed_by: null, category: null,
});
const place = (activities: readonly Activity[], conversations: readonly Conversation[] = []) =>
  placeItems(bubbles, linesOf(activities, conversations), { hasOlder: false, hasNewer: false });

describe("the lines of a thread", () => {
  it("stand between the messages, by time", () => {
    expect(place([activity(2, on(2, 2)), activity(1, on(2, 1)), activity(3, on(4, 30))]).map(({ key }) => key)).toEqual(["m1", "a1", "m2", "a2", "m3", "a3"]);
  });

  it("stand under the name of their day", () => {
    const days = groupByDay(place([activity(1, on(3, 1)), activity(2, on(4, 1))]), { start: 0, end: 5 });
    expect(days.map(({ rows }) => rows.map((row) => ("item" in row ? row.item.key : row.bubble.key)))).toEqual([["m1", "m2"], ["a1"], ["a2", "m3"]]);
  });

  it("begin a conversation above its first message, except for the first", () => {
    expect(place([], [conversation(1, on(2, 1), null), conversation(2, on(4, 3), 1)]).map(({ key }) => key)).toEqual(["m1", "m2", "c2", "m3"]);
  });

  it("have none for a run of a rule beside what it did, unless something was left out", () => {
    const byRule = (fields: Partial<Activity>): Activity => ({ ...activity(1, on(2, 1)), actor: { kind: "rule", id: 5, name: "Night" }, ...fields });
    const ran = (id: number, outcome: string, at = on(2, 1)) => byRule({ id, kind: "ran", details: { outcome }, at });
    const did = byRule({ id: 4, kind: "labelled" });
    const keys = (...activities: readonly Activity[]) => linesOf(activities, []).map(({ key }) => key);
    expect(keys(did, ran(1, "done"))).toEqual(["a4"]);
    expect(keys(did, ran(1, "partly"))).toEqual(["a4", "a1"]);
    expect(keys(did, ran(1, "done", on(2, 2)))).toEqual(["a4", "a1"]);
    expect(keys(ran(1, "done"))).toEqual(["a1"]);
  });

  it("separate what would continue", () => {
    const continued = (activities: readonly Activity[]) =>
      groupByDay(place(activities), { start: 0, end: 2 + activities.length })[0]?.rows.map((row) => "isContinued" in row && row.isContinued);
    expect(continued([])).toEqual([false, true]);
    expect(continued([activity(1, on(2, 1))])).toEqual([false, false, false]);
  });
});
