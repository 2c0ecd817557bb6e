import { describe, expect, it } from "vitest";
import { makeMessage, makeSender, READ } from "@/testing/factories";
import { mergeBubbles } from "@/features/inbox/thread/list/bubbles";
import { groupByDay } from "./threadRows";

const row = (id: number, sent_at: string, name = "p1") => makeMessage({ id, sent_at, sender: makeSender({ provider_id: name }) });
const BUBBLES = mergeBubbles(
  [row(1, "2026-03-01T12:00:00Z"), row(2, "2026-03-02T12:00:00Z"), row(3, "2026-03-02T12:01:00Z"), row(4, "2026-03-02T12:02:00Z", "p2"), row(5, "2026-03-02T12:30:00Z", "p2")],
  [],
  [],
  READ,
);
const show = (...args: Parameters<typeof groupByDay>) =>
  groupByDay(...args).map(({ rows }) => rows.map((row) => ("item" in row ? row.item.key : `${row.bubble.key}${row.isContinued ? "+" : ""}`)));

describe("the days of a thread", () => {
  it("hold their messages; those of one sender shortly after each other continue", () => {
    expect(show(BUBBLES, { start: 0, end: 5 })).toEqual([["m1"], ["m2", "m3+", "m4", "m5"]]);
  });

  it("keep their key and what continues when a range cuts them", () => {
    expect(show(BUBBLES, { start: 2, end: 5 })).toEqual([["m3+", "m4", "m5"]]);
    expect(groupByDay(BUBBLES, { start: 2, end: 5 })[0]?.key).toBe(groupByDay(BUBBLES, { start: 0, end: 5 })[1]?.key);
  });

  it("break at the line above the first unread message", () => {
    expect(show(BUBBLES, { start: 1, end: 3 }, { key: "m3", count: 1 })).toEqual([["m2", "m3"]]);
  });
});
