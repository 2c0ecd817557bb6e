import { describe, expect, it } from "vitest";
import { makeChat } from "@/testing/factories";
import type { AccountUnread, Chat } from "@/types/wire";
import { Tombstones } from "@/features/inbox/data/tombstones";
import { countUnread, sumOf } from "./unread";

function counts(fields: Partial<AccountUnread> = {}): AccountUnread {
  const chats = Array.from({ length: 30 }, (_, n) => ({ id: 91 + n, unread_count: 1, archived: n >= 28, kind: n < 10 ? "group" as const : "direct" as const }));
  return { account_id: 1, seq: 500, messages: 30, archived: 2, chats, ...fields };
}

/** The first ten chats. */
const GROUPS = 10;
/** Those that are not archived. */
const CHATS = 28;

const count = (live: readonly Chat[], tombstones = new Tombstones(), accounts = [counts()]) =>
  countUnread(accounts, new Map(live.map((chat) => [chat.id, chat])), tombstones);

describe("unread counts", () => {
  it("are right immediately although no unread chat is loaded", () => {
    expect(count([]).get(1)).toEqual({ messages: 30, archived: 2, groups: GROUPS, chats: CHATS });
  });

  it.each<[string, Partial<Chat>, { messages: number; archived: number; groups: number; chats: number }]>([
    ["a chat that was not counted", { id: 5, seq: 501, unread_count: 2 }, { messages: 32, archived: 2, groups: GROUPS, chats: CHATS + 1 }],
    ["one more in a counted chat", { id: 91, seq: 501, unread_count: 2, kind: "group" }, { messages: 31, archived: 2, groups: GROUPS + 1, chats: CHATS }],
    ["a counted chat that was read", { id: 91, seq: 501, unread_count: 0 }, { messages: 29, archived: 2, groups: GROUPS - 1, chats: CHATS - 1 }],
    ["a counted chat that was archived", { id: 91, seq: 501, unread_count: 1, archived: true }, { messages: 30, archived: 3, groups: GROUPS - 1, chats: CHATS - 1 }],
    ["one more in an archived chat", { id: 120, seq: 501, unread_count: 4, archived: true }, { messages: 33, archived: 5, groups: GROUPS, chats: CHATS }],
    ["a muted chat", { id: 5, seq: 501, unread_count: 1, muted_until: "9999-12-31T00:00:00Z" }, { messages: 31, archived: 2, groups: GROUPS, chats: CHATS + 1 }],
    ["a row that the count knew already", { id: 5, seq: 500, unread_count: 7 }, { messages: 30, archived: 2, groups: GROUPS, chats: CHATS }],
    ["a row of another number", { id: 5, seq: 501, unread_count: 7, account_id: 2 }, { messages: 30, archived: 2, groups: GROUPS, chats: CHATS }],
  ])("follows %s", (_, chat, expected) => {
    expect(count([makeChat(chat)]).get(1)).toEqual(expected);
  });

  it("follow a change that the server has not confirmed", () => {
    const guesses = new Map([[91, { unread_count: 0 }], [92, { archived: true }]]);
    expect(countUnread([counts()], new Map(), new Tombstones(), guesses).get(1)).toEqual({ messages: 29, archived: 3, groups: GROUPS - 2, chats: CHATS - 2 });
  });

  it("leave out what was erased", () => {
    const tombstones = new Tombstones().with({ event: "chat:erased", data: { id: 91, seq: 501, before: null } });
    expect(count([makeChat({ id: 91, seq: 501, unread_count: 3 })], tombstones).get(1)?.messages).toBe(29);
  });

  it("add up over the shown accounts", () => {
    const both = count([], new Tombstones(), [counts(), counts({ account_id: 2, chats: [{ id: 7, unread_count: 4, archived: false, kind: "direct" }] })]);
    expect([sumOf(both, [1, 2]).messages, sumOf(both, [2]).messages, sumOf(both, [3]).messages]).toEqual([34, 4, 0]);
  });
});
