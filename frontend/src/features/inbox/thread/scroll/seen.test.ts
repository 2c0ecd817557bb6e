import { describe, expect, it } from "vitest";
import { makeMessage, READ } from "@/testing/factories";
import { mergeBubbles } from "@/features/inbox/thread/list/bubbles";
import { findSeen, seenUpTo } from "./seen";
import { addShown, Loaded, NOTHING_SHOWN } from "./unread";

const row = (id: number, arrived_seq: number, direction: "in" | "out" = "in") =>
  makeMessage({ id, arrived_seq, direction, sender: null, status: direction === "in" ? "received" : "sent", sent_at: new Date(Date.UTC(2026, 2, 2, 9, id)).toISOString() });

const bubbles = mergeBubbles([row(1, 10), row(2, 20, "out"), row(3, 30), row(4, 40, "out")], [], [], READ);
const loaded = new Loaded(bubbles, 0);
const seenAt = (first: string, last: string) => findSeen(loaded, addShown(NOTHING_SHOWN, loaded, first, last));

describe("what was seen", () => {
  it("is nothing before anything was shown", () => {
    expect(findSeen(loaded, NOTHING_SHOWN)).toEqual({ seq: 0, unseenFrom: 10 });
  });

  it("counts the answers of others, unlike what was read", () => {
    expect(seenAt("m1", "m2")).toEqual({ seq: 20, unseenFrom: 30 });
    expect(seenAt("m2", "m4")).toEqual({ seq: 40, unseenFrom: null });
  });

  it("goes up to the newest activity, but not past a message that was not seen", () => {
    expect(seenUpTo(seenAt("m1", "m2"), [15, 25, 35])).toBe(25);
    expect(seenUpTo(seenAt("m1", "m4"), [15, 55])).toBe(55);
    expect(seenUpTo(seenAt("m1", "m4"), [])).toBe(40);
  });
});
