import { describe, expect, it } from "vitest";
import { makeChat, makeMessage } from "@/testing/factories";
import { Tombstones } from "./tombstones";
import { makeInboxStore } from "@/testing/store";

const makeTombstone = (id: number, before: string | null = null) => ({ id, seq: 90, before });
const trim = (before: string) => ({ event: "chat:trimmed", data: makeTombstone(1, before) }) as const;

function createStore() {
  return makeInboxStore({ explain: () => ({ sentence: "No." }) });
}

describe("erased rows", () => {
  it("are rejected afterwards", () => {
    const store = createStore();
    const message = makeMessage({ id: 5, chat_id: 1 });
    store.applyMessage(message);
    store.erase({ event: "message:erased", data: makeTombstone(5) });
    expect(store.applyMessage({ ...message, seq: 99 })).toBe(false);
    store.discard("-");
    expect(store.getSnapshot().messages.get(1)?.size).toBe(0);
  });

  it("include a chat's messages and unsent messages", async () => {
    const store = createStore();
    store.applyChat(makeChat({ id: 1 }));
    store.applyMessage(makeMessage({ id: 5, chat_id: 1 }));
    await store.send(1, 1, "Hello", "client-1");
    store.erase({ event: "chat:erased", data: makeTombstone(1) });
    store.discard("-");
    const { chats, messages, pending, tombstones } = store.getSnapshot();
    expect([chats.size, messages.size, pending.length]).toEqual([0, 0, 0]);
    expect(tombstones.hasMessage(makeMessage({ id: 6, chat_id: 1 }))).toBe(true);
  });

  it("include a chat that was taken away, until it is the user's again", async () => {
    const store = createStore();
    const chat = makeChat({ id: 1, seq: 80 });
    const hidden = (row: typeof chat) => { store.applyChat(row); store.discard("-"); return store.getSnapshot().tombstones.hasChat(row); };
    store.applyChat(chat);
    await store.send(1, 1, "Hello", "client-1");
    store.erase({ event: "chat:hidden", data: makeTombstone(1) });
    // A late answer of before is no reason to show it.
    expect([hidden(chat), hidden({ ...chat, seq: 90 })]).toEqual([true, true]);
    expect(store.getSnapshot().pending).toEqual([]);
    expect(store.getSnapshot().tombstones.hasMessage(makeMessage({ id: 6, chat_id: 1 }))).toBe(true);
    expect(hidden({ ...chat, seq: 91 })).toBe(false);
    expect(store.getSnapshot().chats.size).toBe(1);
  });

  it("exclude later messages of a trimmed chat", () => {
    const tombstones = new Tombstones().with(trim("2026-03-02T00:00:00.000Z"));
    const at = (sent_at: string) => tombstones.hasMessage(makeMessage({ chat_id: 1, sent_at, ordered_at: sent_at }));
    expect(at("2026-03-01T23:59:59.999Z")).toBe(true);
    expect(at("2026-03-02T00:00:00.000Z")).toBe(false);
    expect(tombstones.with(trim("2026-01-01T00:00:00.000Z"))).toBe(tombstones);
  });
});
