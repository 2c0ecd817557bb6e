import { describe, expect, it } from "vitest";
import { makeMessage, READ } from "@/testing/factories";
import type { Note } from "@/types/wire";
import { mergeBubbles } from "./bubbles";
import { messagesInView, ownKeyOf, placeItems, type InternalItem } from "./internalItems";

const at = (minute: number) => `2026-03-02T12:0${minute}:00.000Z`;
const note = (minute: number): Note => ({
  id: minute,
  account_id: 1,
  chat_id: 1,
  client_id: `c${minute}`,
  author: { kind: "user", id: 7, name: "Ana" },
  body: "Note",
  mentions: [],
  created_at: at(minute),
  edited_at: null,
  deleted_at: null,
  seq: minute,
});
const item = (minute: number, isUnsent = false): InternalItem => ({ key: `n${minute}`, orderedAt: at(minute), isUnsent, shown: { kind: "note", note: note(minute) } });
const row = (minute: number) => makeMessage({ id: minute, sent_at: at(minute), ordered_at: at(minute) });
const PENDING = { clientId: "p", accountId: 1, chatId: 1, text: "Oi", createdAt: at(0), error: null };
const BUBBLES = mergeBubbles([row(2), row(4)], [], [], READ);
const keys = (...args: Parameters<typeof placeItems>) => placeItems(...args).map(({ key }) => key);
const ALL = { hasOlder: false, hasNewer: false };

describe("items between messages", () => {
  it("lie by time, unsent ones last", () => {
    expect(keys(BUBBLES, [item(5), item(3), item(1)], ALL)).toEqual(["n1", "m2", "n3", "m4", "n5"]);
    expect(keys(mergeBubbles([row(2)], [], [PENDING], READ), [item(3), item(1, true)], ALL)).toEqual(["m2", "n3", "p", "n1"]);
    expect(keys([], [item(1)], ALL)).toEqual(["n1"]);
    expect(placeItems(BUBBLES, [], ALL)).toBe(BUBBLES);
  });

  it("do not lie beyond what was read", () => {
    const items = [item(1), item(3), item(5), item(6, true)];
    expect(keys(BUBBLES, items, { hasOlder: true, hasNewer: true })).toEqual(["m2", "n3", "m4"]);
    expect(keys(BUBBLES, items, { hasOlder: true, hasNewer: false })).toEqual(["m2", "n3", "m4", "n5", "n6"]);
  });

  it("are no messages to be read", () => {
    const entries = placeItems(BUBBLES, [item(1), item(3), item(5)], ALL);
    expect(messagesInView(entries, "n1", "n5")).toEqual(["m2", "m4"]);
    expect(messagesInView(entries, "n3", "n3")).toEqual([null, null]);
    expect(messagesInView(entries, null, "n5")).toEqual([null, null]);
  });

  it("are shown when they were written here", () => {
    expect(ownKeyOf(placeItems(BUBBLES, [item(6, true)], ALL))).toBe("n6");
    expect(ownKeyOf(placeItems(BUBBLES, [item(6)], ALL))).toBeUndefined();
  });
});
