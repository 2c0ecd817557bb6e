import { describe, expect, it, vi } from "vitest";
import { makeChat } from "@/testing/factories";
import type { Chat, Page } from "@/types/wire";
import { fetchChatPage, fetchFirstPage, firstPosition, hasMore, isBeginning, isShown, collectChats, findFloor, sortChats, type ChatFilter, type ChatPage } from "./chatPages";

const at = (minute: number) => `2026-03-02T09:${String(minute).padStart(2, "0")}:00.000Z`;
const chat = (id: number, accountId: number, minute: number, fields: Partial<Chat> = {}) =>
  makeChat({ id, account_id: accountId, last_message_at: at(minute), ...fields });

/** Two accounts: one with chats at 50, 40, 30, 20, the other at 45 and 5. */
function makeServer() {
  const pages: Record<string, Page<Chat>> = {
    "1:": { items: [chat(11, 1, 50), chat(12, 1, 40)], next_cursor: "more" },
    "1:more": { items: [chat(13, 1, 30), chat(14, 1, 20)], next_cursor: null },
    "2:": { items: [chat(21, 2, 45), chat(22, 2, 5)], next_cursor: null },
  };
  return vi.fn((accountId: number, cursor: string | null) => {
    const page = pages[`${accountId}:${cursor ?? ""}`];
    return page === undefined ? Promise.reject(new Error("unexpected")) : Promise.resolve(page);
  });
}

/** The list of these pages and live rows. */
const mergeChats = (pages: readonly ChatPage[], live: Iterable<Chat>, ...rest: Parameters<typeof collectChats> extends [unknown, unknown, ...infer R] ? R : never) =>
  sortChats(collectChats(pages, live, ...rest).values(), findFloor(pages.at(-1)?.next ?? {}));

const ids = (chats: readonly Chat[]) => chats.map((row) => row.id);

describe("chats of several accounts", () => {
  it("are one list, newest first, only down to where it is complete", async () => {
    const listChats = makeServer();
    const first = await fetchChatPage(firstPosition([1, 2]), listChats);
    expect(ids(mergeChats([first], [], [1, 2]))).toEqual([11, 21, 12]);
    expect(hasMore(first.next)).toBe(true);
    const second = await fetchChatPage(first.next, listChats);
    expect(ids(mergeChats([first, second], [], [1, 2]))).toEqual([11, 21, 12, 13, 14, 22]);
    expect(hasMore(second.next)).toBe(false);
    expect(listChats).toHaveBeenCalledTimes(3);
  });

  it("start with the pinned ones, of any age, each chat once", async () => {
    const pinned = [chat(19, 1, 1, { pinned: true }), chat(12, 1, 40, { pinned: true })];
    const listPinned = (accountId: number, cursor: string | null) => {
      const rows = accountId === 1 ? pinned.slice(cursor === null ? 0 : 1, cursor === null ? 1 : 2) : [];
      return Promise.resolve({ items: rows, next_cursor: accountId === 1 && cursor === null ? "more" : null });
    };
    expect(isBeginning(firstPosition([1, 2]))).toBe(true);
    const first = await fetchFirstPage(firstPosition([1, 2]), makeServer(), listPinned);
    expect(isBeginning(first.next)).toBe(false);
    expect(ids(mergeChats([first], [], [1, 2]))).toEqual([12, 19, 11, 21]);
    const second = await fetchChatPage(first.next, makeServer());
    expect(ids(mergeChats([first, second], [], [1, 2]))).toEqual([12, 19, 11, 21, 13, 14, 22]);
  });

  it("are sorted by age in the archive, pinned or not", () => {
    const rows = [chat(11, 1, 50, { archived: true }), chat(12, 1, 40, { archived: true, pinned: true })];
    expect(ids(mergeChats([{ chats: rows, next: {} }], [], [1]))).toEqual([11, 12]);
  });

  it("move to the top with a live row, and are shown once", async () => {
    const page = await fetchChatPage(firstPosition([1, 2]), makeServer());
    const live = [chat(12, 1, 59, { seq: 8, unread_count: 1 })];
    const merged = mergeChats([page], live, [1, 2]);
    expect(ids(merged)).toEqual([12, 11, 21]);
    expect(merged[0]?.unread_count).toBe(1);
  });

  it("ignore an older live row", () => {
    const page: ChatPage = { chats: [chat(11, 1, 50, { seq: 9, unread_count: 0 })], next: {} };
    const merged = mergeChats([page], [chat(11, 1, 50, { seq: 8, unread_count: 3 })], [1]);
    expect(merged[0]?.unread_count).toBe(0);
  });

  it("show their last message's delivery state, unless the row is newer", () => {
    const row = chat(11, 1, 50, { seq: 8, last_message_id: 5, last_message_direction: "out", last_message_status: "sending" });
    const statusAt = (seq: number) => {
      const progress = new Map([[5, { id: 5, seq, status: "delivered" as const }]]);
      return mergeChats([{ chats: [row], next: {} }], [], [1], progress)[0]?.last_message_status;
    };
    expect([statusAt(7), statusAt(9)]).toEqual(["sending", "delivered"]);
  });

  it("of other accounts are not shown", () => {
    const page: ChatPage = { chats: [chat(11, 1, 50)], next: {} };
    expect(ids(mergeChats([page], [chat(21, 2, 55)], [1]))).toEqual([11]);
  });
});

it("puts pinned chats on top, newest first", () => {
  const page: ChatPage = { chats: [chat(1, 1, 10), chat(2, 1, 5, { pinned: true }), chat(3, 1, 20), chat(4, 1, 7, { pinned: true })], next: {} };
  expect(ids(mergeChats([page], [], [1]))).toEqual([4, 2, 3, 1]);
});

it("removes a chat that no longer matches the filter", () => {
  const page: ChatPage = { chats: [chat(1, 1, 10), chat(2, 1, 5)], next: {} };
  const archived = chat(1, 1, 10, { archived: true, seq: 2 });
  const shown = (filter: ChatFilter) => ids(sortChats(collectChats([page], [archived], [1]).values(), "", (row) => isShown(row, filter)));
  expect(shown("all")).toEqual([2]);
  expect(shown("archived")).toEqual([1]);
  expect(shown("unread")).toEqual([]);
});

it("shows a change before it is confirmed, over any version of the row", () => {
  const page: ChatPage = { chats: [chat(1, 1, 10), chat(2, 1, 5)], next: {} };
  const guesses = new Map([[2, { pinned: true, unread_count: 3 }]]);
  const shown = mergeChats([page], [chat(2, 1, 5, { seq: 9 })], [1], new Map(), guesses);
  expect(shown.map(({ id, pinned, unread_count }) => [id, pinned, unread_count])).toEqual([[2, true, 3], [1, false, 0]]);
});

describe("by waiting time", () => {
  const waits = (id: number, accountId: number, minute: number) => chat(id, accountId, 59, { waiting_since: at(minute), pinned: id === 12 });

  it("the contact who waits longest is first, pinned or not, down to where the list is complete", async () => {
    const pages: Record<string, Page<Chat>> = {
      "1:": { items: [waits(11, 1, 5), waits(12, 1, 20)], next_cursor: "more" },
      "1:more": { items: [waits(13, 1, 40)], next_cursor: null },
      "2:": { items: [waits(21, 2, 10), waits(22, 2, 30)], next_cursor: null },
    };
    const list = (accountId: number, cursor: string | null) => Promise.resolve(pages[`${accountId}:${cursor ?? ""}`] ?? { items: [], next_cursor: null });
    const shown = (read: readonly ChatPage[]) =>
      ids(sortChats(collectChats(read, [], [1, 2]).values(), findFloor(read.at(-1)?.next ?? {}), ({ waiting_since }) => waiting_since !== null, "waiting"));
    const first = await fetchChatPage(firstPosition([1, 2]), list, "waiting");
    expect(shown([first])).toEqual([11, 21, 12]);
    const second = await fetchChatPage(first.next, list, "waiting");
    expect(shown([first, second])).toEqual([11, 21, 12, 22, 13]);
  });
});
