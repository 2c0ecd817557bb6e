import { describe, expect, it } from "vitest";
import { makeAccount, makeAttachment, makeChat, makeContact, makeMessage, makeMonth } from "@/testing/factories";
import { CHANGE_EVENTS, ignored, isErasure, isMessageChange, parseChange } from "./changes";

/** One frame of each kind, shared with the Python tests, which check that the server sends exactly these. */
const FRAMES = import.meta.glob<{ readonly event: string; readonly data: unknown }>("../../../../tests/fixtures/frames/*.json", {
  eager: true,
  import: "default",
});
/** Handled by the feed itself, before changes are parsed. */
const CONTROL: ReadonlySet<string> = new Set(["head", "reset", "account:left"]);

const changes = Object.entries(FRAMES).filter(([, { event }]) => !CONTROL.has(event));

describe("the shared frame fixtures", () => {
  it.each(changes)("parses %s", (_, { event, data }) => {
    expect(parseChange(event, data)).toMatchObject({ event });
  });

  it("has every kind of change", () => {
    expect(new Set(changes.map(([, { event }]) => event))).toEqual(new Set(CHANGE_EVENTS));
  });
});

describe("parseChange", () => {
  const users = [{ user_id: 8, name: "Ana" }];
  const everything = [
    ["message:new", makeMessage({ attachments: [makeAttachment({ contacts: [{ name: null, numbers: ["+49"] }] })] })],
    ["message:sent", makeMessage({ direction: "out", sender: null, error: { code: "x", message: "No." } })],
    ["chat:updated", makeChat({ last_message_status: null, last_message_direction: null })],
    ["contact:updated", makeContact()],
    ["account:updated", makeAccount()],
    ["chat:trimmed", { id: 4, seq: 9, before: "2026-03-02T00:00:00.000Z" }],
    ["account:refused", { id: 7, phone: null, error: { message: "No." } }],
    ["usage:updated", makeMonth()],
    ["rights:changed", {}],
    ["labels:changed", {}],
    ["views:changed", {}],
    ["unnumbered:missed", {}],
    ["presence", { chat_id: 10, users }],
    ["typing", { chat_id: 10, users: [] }],
  ] as const;

  it.each(everything)("returns a %s as it is", (event, data) => {
    expect(parseChange(event, data)).toEqual({ event, data });
  });

  it("drops fields it does not know", () => {
    expect(parseChange("usage:updated", { ...makeMonth(), crossed: null })).toEqual({ event: "usage:updated", data: makeMonth() });
  });

  it.each([
    ["a missing field", "message:new", { ...makeMessage(), ordered_at: undefined }],
    ["a field of another type", "message:new", { ...makeMessage(), id: "100" }],
    ["an unknown status", "message:updated", { ...makeMessage(), status: "vanished" }],
    ["a broken attachment", "message:new", { ...makeMessage(), attachments: [{ id: "a" }] }],
    ["no data", "chat:updated", null],
    ["a list in place of a row", "contact:updated", []],
    ["users without names", "typing", { chat_id: 10, users: [{ user_id: 8 }] }],
  ])("rejects %s, and counts it", (_, event, data) => {
    const before = ignored.malformed;
    expect(parseChange(event, data)).toBe("malformed");
    expect(ignored.malformed).toBe(before + 1);
  });

  it.each(["poll:opened", "toString", "__proto__", ""])("does not know the event %j, and counts it", (event) => {
    const before = ignored.unknown;
    expect(parseChange(event, {})).toBe("unknown");
    expect(ignored.unknown).toBe(before + 1);
  });

  it("tells messages and erasures apart", () => {
    const change = { event: "message:erased", data: { id: 5, seq: 9, before: null } } as const;
    expect([isErasure(change), isMessageChange(change)]).toEqual([true, false]);
    const sent = { event: "message:sent", data: makeMessage() } as const;
    expect([isErasure(sent), isMessageChange(sent)]).toEqual([false, true]);
  });
});
