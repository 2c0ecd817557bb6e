/** Messages whose writer had not seen what a colleague wrote: they wait for a decision, in every tab, and are sent once. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeMessage } from "@/testing/factories";
import { createBrowser } from "@/testing/fakeTabs";
import type { Message } from "@/types/wire";
import { Outbox } from "./outbox";
import type { Post } from "./outboxOptions";
import { MemoryStorage } from "./outboxStorage";
import { isHeld, type NewerItems, type Pending } from "./pending";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settle = (ms = 500) => vi.advanceTimersByTimeAsync(ms);
const ANSWER = makeMessage({ id: 55, direction: "out", status: "sent", body: "Yes", author: { kind: "user", id: 8, name: "Ana" } });

class HeldError extends Error {
  readonly newer: NewerItems = { messages: [ANSWER], activities: [] };
}

const write = (clientId: string, fields: Partial<Pending> = {}): Pending => ({
  clientId, accountId: 1, chatId: 10, text: clientId, seenSeq: 5, createdAt: new Date().toISOString(), error: null, ...fields,
});

/** A server on which a colleague has answered; it stores each client id once. */
function setUp() {
  const taken: string[] = [];
  const rows: Message[] = [];
  const server = { isAway: false };
  const post: Post = async ({ clientId, isReleased = false, seenSeq = 0 }) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (server.isAway) throw new Error("away");
    if (!isReleased && seenSeq < 50) throw new HeldError();
    taken.push(clientId);
    return [makeMessage({ client_id: clientId })];
  };
  const [browser, storage] = [createBrowser(), new MemoryStorage()];
  const openTab = () => {
    const outbox = new Outbox({
      post,
      explain: (error) => ({ isPassing: String(error).includes("away"), sentence: String(error), newer: error instanceof HeldError ? error.newer : null }),
      onChange: () => undefined,
      onRows: (found) => void rows.push(...found),
      storage,
      tabServices: browser.openTab(),
    });
    void outbox.open();
    return outbox;
  };
  return { server, taken, rows, storage, openTab };
}

describe("a held message", () => {
  it("waits with what was newer, without its text", async () => {
    const { taken, rows, storage, openTab } = setUp();
    const outbox = openTab();
    void outbox.add(write("a"));
    await settle(60_000);
    expect(taken).toEqual([]);
    expect(rows).toEqual([ANSWER]);
    expect(outbox.entries).toMatchObject([{ clientId: "a", error: null, held: { messages: [{ id: 55, author: { name: "Ana" } }] } }]);
    expect(JSON.stringify(await storage.list())).not.toContain("Yes");
  });

  it("is held after a time without a connection, too", async () => {
    const { server, taken, openTab } = setUp();
    server.isAway = true;
    const outbox = openTab();
    void outbox.add(write("a"));
    await settle();
    server.isAway = false;
    await settle(60_000);
    expect(taken).toEqual([]);
    expect(outbox.entries.map(isHeld)).toEqual([true]);
  });

  it("is sent once, whichever tabs decide", async () => {
    const { taken, storage, openTab } = setUp();
    const [one, other] = [openTab(), openTab()];
    void one.add(write("a"));
    void one.add(write("b"));
    await settle();
    expect(other.entries.map(isHeld)).toEqual([true, true]);
    void one.release(10);
    void other.release(10);
    await settle(2_000);
    expect(taken).toEqual(["a", "b"]);
    expect([...one.entries, ...other.entries, ...(await storage.list())]).toEqual([]);
  });

  it("stays released when the connection is lost before it is sent", async () => {
    const { server, taken, openTab } = setUp();
    const outbox = openTab();
    void outbox.add(write("a"));
    await settle();
    server.isAway = true;
    void outbox.release(10);
    await settle();
    server.isAway = false;
    await settle(60_000);
    expect(taken).toEqual(["a"]);
  });

  it("survives the page, and does not hold back what was written later", async () => {
    const { taken, openTab } = setUp();
    const outbox = openTab();
    void outbox.add(write("a"));
    await settle();
    outbox.close();
    const later = openTab();
    void later.add(write("b", { seenSeq: 60 }));
    await settle(60_000);
    expect(taken).toEqual(["b"]);
    expect(later.entries.map(({ clientId }) => clientId)).toEqual(["a"]);
  });

  it("can be taken back", async () => {
    const { taken, storage, openTab } = setUp();
    const outbox = openTab();
    void outbox.add(write("a"));
    await settle();
    outbox.discard("a");
    await settle(60_000);
    expect(taken).toEqual([]);
    expect(await storage.list()).toEqual([]);
  });
});
