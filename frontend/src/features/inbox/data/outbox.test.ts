import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeMessage } from "@/testing/factories";
import { createBrowser } from "@/testing/fakeTabs";
import { Outbox, STALE_MS } from "./outbox";
import type { Post } from "./outboxOptions";
import { MemoryStorage, type OutboxStorage } from "./outboxStorage";
import type { Pending } from "./pending";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

function write(clientId: string, chatId = 10, fields: Partial<Pending> = {}): Pending {
  return { clientId, accountId: 1, chatId, text: clientId, createdAt: new Date().toISOString(), error: null, ...fields };
}

/** A server that is unreachable until it is back, and records what it accepts. */
function createServer() {
  const taken: string[] = [];
  const server = { isAway: false, denial: null as string | null, stalls: null as string | null, isDeaf: false, taken, underWay: 0, most: 0 };
  const post: Post = async ({ clientId }, { signal }) => {
    if (server.isDeaf) await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
    server.underWay += 1;
    server.most = Math.max(server.most, server.underWay);
    await new Promise((resolve) => setTimeout(resolve, 50));
    server.underWay -= 1;
    if (server.isAway) throw new Error("away");
    if (server.stalls === clientId) throw new Error("stalled");
    if (server.denial === clientId) throw new Error("refused");
    taken.push(clientId);
    return [makeMessage({ client_id: clientId })];
  };
  return Object.assign(server, { post });
}

function setUp() {
  const server = createServer();
  const browser = createBrowser();
  const storage = new MemoryStorage();
  const openTab = (own: OutboxStorage = storage, around = browser.openTab()) => {
    const outbox = new Outbox({
      post: server.post,
      explain: (error) => ({ isPassing: /away|stalled/.test(String(error)), isStalled: String(error).includes("stalled"), sentence: String(error) }),
      onChange: () => undefined,
      onRows: () => undefined,
      storage: own,
      tabServices: around,
    });
    void outbox.open();
    return outbox;
  };
  return { server, storage, browser, openTab };
}

const texts = (outbox: Outbox) => outbox.entries.map(({ clientId }) => clientId);

describe("Outbox", () => {
  it("sends messages one after the other, and keeps none", async () => {
    const { server, storage, openTab } = setUp();
    const outbox = openTab();
    for (const id of ["a", "b", "c"]) void outbox.add(write(id));
    expect(texts(outbox)).toEqual(["a", "b", "c"]);
    await settle(500);
    expect(server.taken).toEqual(["a", "b", "c"]);
    expect(server.most).toBe(1);
    expect(outbox.entries).toEqual([]);
    expect(await storage.list()).toEqual([]);
  });

  it("delays unsendable messages with a reason, then sends them in order", async () => {
    const { server, openTab } = setUp();
    const outbox = openTab();
    server.isAway = true;
    for (const id of ["a", "b"]) void outbox.add(write(id));
    void outbox.add(write("other", 11));
    await settle(500);
    expect(outbox.entries.map(({ waiting }) => waiting)).toEqual(["Error: away", "Error: away", "Error: away"]);
    server.isAway = false;
    await settle(60_000);
    expect(server.taken.filter((id) => id !== "other")).toEqual(["a", "b"]);
    expect(server.taken).toContain("other");
    expect(outbox.entries).toEqual([]);
  });

  it("reports why a message was rejected, and continues with the next", async () => {
    const { server, storage, openTab } = setUp();
    const outbox = openTab();
    server.denial = "a";
    for (const id of ["a", "b"]) void outbox.add(write(id));
    await settle(500);
    expect(server.taken).toEqual(["b"]);
    expect(outbox.entries).toMatchObject([{ clientId: "a", error: "Error: refused" }]);
    expect(await storage.list()).toMatchObject([{ clientId: "a", error: "Error: refused" }]);
    server.denial = null;
    void outbox.retry("a");
    await settle(500);
    expect(server.taken).toEqual(["b", "a"]);
  });

  it("survives the page", async () => {
    const { server, openTab } = setUp();
    const before = openTab();
    server.isAway = true;
    for (const id of ["a", "b"]) void before.add(write(id));
    await settle(500);
    before.close();
    server.isAway = false;
    await settle(60_000);
    expect(server.taken).toEqual([]);
    openTab();
    await settle(500);
    expect(server.taken).toEqual(["a", "b"]);
  });

  it("leaves yesterday's messages to the user", async () => {
    const { server, storage, openTab } = setUp();
    await storage.put(write("old", 10, { createdAt: new Date(Date.now() - STALE_MS - 1).toISOString() }));
    await storage.put(write("new"));
    const outbox = openTab();
    await settle(500);
    expect(server.taken).toEqual(["new"]);
    expect(outbox.entries).toMatchObject([{ clientId: "old" }]);
    expect(outbox.entries[0]?.error).toContain("a while ago");
    void outbox.retry("old");
    await settle(500);
    expect(server.taken).toEqual(["new", "old"]);
  });

  it("sends each message once from any number of tabs, in order", async () => {
    const { server, openTab } = setUp();
    const tabs = [openTab(), openTab(), openTab()];
    server.isAway = true;
    for (let number = 0; number < 9; number += 1) {
      void tabs[number % 3]?.add(write(`m${number}`));
      await settle(7);
    }
    await settle(1_000);
    expect(tabs.map(texts)).toEqual(tabs.map(() => Array.from({ length: 9 }, (_, number) => `m${number}`)));
    server.isAway = false;
    for (const tab of tabs) void tab.flush();
    await settle(60_000);
    expect(server.taken).toEqual(Array.from({ length: 9 }, (_, number) => `m${number}`));
    expect(server.most).toBe(1);
    expect(tabs.map(texts)).toEqual([[], [], []]);
  });

  it("sends nothing that was discarded in another tab", async () => {
    const { server, openTab } = setUp();
    const [one, other] = [openTab(), openTab()];
    server.isAway = true;
    void one.add(write("a"));
    void one.add(write("b"));
    await settle(500);
    other.drop("a");
    await settle(50);
    expect(texts(one)).toEqual(["b"]);
    server.isAway = false;
    await settle(60_000);
    expect(server.taken).toEqual(["b"]);
  });

  it("sends messages the browser could not store, and reports that", async () => {
    const { server, openTab } = setUp();
    const full = Object.assign(new MemoryStorage(), { put: () => Promise.reject(new Error("full")) });
    const outbox = openTab(full);
    server.isAway = true;
    void outbox.add(write("a"));
    await settle(500);
    expect(outbox.entries).toMatchObject([{ clientId: "a", isUnstored: true, waiting: "Error: away" }]);
    server.isAway = false;
    await settle(60_000);
    expect(server.taken).toEqual(["a"]);
  });

  it("clears everything on request", async () => {
    const { server, storage, openTab } = setUp();
    const outbox = openTab();
    server.isAway = true;
    void outbox.add(write("a"));
    await settle(500);
    await outbox.clear();
    server.isAway = false;
    await settle(60_000);
    expect(server.taken).toEqual([]);
    expect(await storage.list()).toEqual([]);
  });

  it("lets texts overtake a stalled upload, and sends it when it progresses again", async () => {
    const { server, openTab } = setUp();
    const outbox = openTab();
    server.stalls = "file";
    for (const id of ["file", "a", "b"]) void outbox.add(write(id));
    await settle(500);
    expect(server.taken).toEqual(["a", "b"]);
    expect(outbox.entries).toMatchObject([{ clientId: "file", waiting: "Error: stalled", share: 0 }]);
    void outbox.add(write("c"));
    await settle(500);
    expect(server.taken).toEqual(["a", "b", "c"]);
    server.stalls = null;
    await settle(60_000);
    expect(server.taken).toEqual(["a", "b", "c", "file"]);
    expect(outbox.entries).toEqual([]);
  });

  it("aborts the request of a discarded message, and sends the next", async () => {
    const { server, openTab } = setUp();
    const outbox = openTab();
    server.isDeaf = true;
    for (const id of ["a", "b"]) void outbox.add(write(id));
    await settle(500);
    server.isDeaf = false;
    outbox.discard("a");
    await settle(500);
    expect(server.taken).toEqual(["b"]);
    expect(outbox.entries).toEqual([]);
  });

  it("takes back what was discarded: a failed message stays unsent, a waiting one is sent", async () => {
    const { server, storage, openTab } = setUp();
    const outbox = openTab();
    server.denial = "a";
    void outbox.add(write("a"));
    await settle(500);
    const failed = outbox.discard("a");
    expect(outbox.entries).toEqual([]);
    if (failed !== undefined) await outbox.restore(failed);
    await settle(500);
    expect(outbox.entries).toMatchObject([{ clientId: "a", error: "Error: refused" }]);
    expect(await storage.list()).toMatchObject([{ clientId: "a" }]);
    server.denial = null;
    void outbox.restore(write("b"));
    await settle(500);
    expect(server.taken).toEqual(["b"]);
  });

  it("sends from another tab what a frozen one blocked", async () => {
    const { server, storage, browser, openTab } = setUp();
    const around = browser.openTab();
    const frozen = openTab(storage, around);
    server.isDeaf = true;
    void frozen.add(write("a"));
    await settle(500);
    around.freeze();
    server.isDeaf = false;
    const other = openTab();
    void other.add(write("b"));
    await settle(20_000);
    expect(server.taken).toEqual(["a", "b"]);
    expect(other.entries).toEqual([]);
  });

  it("keeps showing unsent messages while the browser's database fails", async () => {
    const { server, storage, openTab } = setUp();
    const outbox = openTab();
    server.isAway = true;
    void outbox.add(write("a"));
    await settle(500);
    vi.spyOn(storage, "list").mockRejectedValue(new Error("the connection was lost"));
    await settle(30_000);
    expect(texts(outbox)).toEqual(["a"]);
    server.isAway = false;
    await settle(60_000);
    expect(server.taken).toEqual(["a"]);
  });
});
