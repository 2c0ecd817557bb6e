import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSockets, type FakeSocket } from "@/testing/fakeSocket";
import { createBrowser } from "@/testing/fakeTabs";
import type { Push } from "./frames";
import { TAB_TIMEOUT_MS } from "./lead";
import { ANSWER_MS, REPEAT_MS, SharedConnection, SILENCE_MS } from "./shared";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockImplementation(() => (seed = (seed * 16807) % 2147483647) / 2147483647);
});
afterEach(() => vi.useRealTimers());
let seed = 4;

const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

function setUp() {
  const browser = createBrowser();
  const { sockets, create, latest } = createSockets();
  const openTab = (seq = 4) => {
    const tabServices = browser.openTab();
    const pushes: Push[] = [];
    const spies = { onJoined: vi.fn(), onState: vi.fn() };
    const wire = new SharedConnection(
      {
        url: "ws://test/ws",
        userId: 7,
        token: () => "token",
        renew: () => Promise.resolve("token"),
        cursors: () => ({ "1": seq }),
        onPush: (push) => pushes.push(push),
        createSocket: create,
        ...spies,
      },
      tabServices,
    );
    const heard = () => pushes.map(({ event, seq: number }) => [event, number]);
    return { wire, pushes, heard, tabServices, ...spies };
  };
  const open = () => sockets.filter((socket) => !socket.isClosed);
  return { openTab, sockets, latest, open };
}

const sentFrames = (socket: FakeSocket, event: string) => socket.sent.filter((frame) => frame.event === event);
const chatsOf = (socket: FakeSocket, event: string) => sentFrames(socket, event).map(({ data }) => data.chat_id);

/** Lets time pass while the server answers pings. */
async function stayQuiet(socket: FakeSocket, ms: number) {
  for (let passed = 0; passed < ms; passed += 5_000) {
    socket.deliver({ ack: -1, ok: true });
    await settle(5_000);
  }
}

async function twoTabs() {
  const browser = setUp();
  const [one, other] = [browser.openTab(), browser.openTab()];
  one.wire.start();
  other.wire.start();
  await settle();
  browser.latest().welcome({ "1": 4 });
  await settle();
  return { ...browser, one, other };
}

describe("SharedConnection", () => {
  it("opens one socket for two tabs, and both receive everything", async () => {
    const { sockets, latest, one, other } = await twoTabs();
    expect(sockets).toHaveLength(1);
    expect([one.wire.state, other.wire.state]).toEqual(["live", "live"]);
    latest().push("message:new", 5);
    await settle();
    expect(one.heard()).toEqual([["message:new", 5]]);
    expect(other.heard()).toEqual([["message:new", 5]]);
  });

  it("sends head seqs and presence to a tab that joins later", async () => {
    const { latest, openTab, sockets } = await twoTabs();
    latest().push("message:new", 9);
    latest().deliver({ event: "presence", account_id: 1, data: { chat_id: 3, users: [{ user_id: 8, name: "Ana" }] } });
    latest().deliver({ event: "typing", account_id: 1, data: { chat_id: 3, users: [{ user_id: 8, name: "Ana" }] } });
    latest().deliver({ event: "typing", account_id: 1, data: { chat_id: 3, users: [] } });
    const late = openTab();
    late.wire.start();
    await settle();
    expect(late.wire.state).toBe("live");
    expect(late.onJoined).toHaveBeenCalledWith({ "1": 9 }, {});
    expect(late.heard()).toEqual([["presence", null]]);
    expect(sockets).toHaveLength(1);
  });

  it("lets the next tab lead when the leader closes, with the cursors it has", async () => {
    const { sockets, latest, one, other } = await twoTabs();
    one.wire.stop();
    await settle();
    expect(sockets[0]?.isClosed).toBe(true);
    expect(sockets).toHaveLength(2);
    expect(other.wire.isLeading).toBe(true);
    latest().welcome({ "1": 6 });
    expect(sentFrames(latest(), "join-user")[0]?.data.cursors).toEqual({ "1": 4 });
    expect(other.onJoined).toHaveBeenLastCalledWith({ "1": 6 }, { "1": 4 });
    expect(other.wire.state).toBe("live");
  });

  it("sends the new socket's head seqs to the other tabs", async () => {
    const { latest, openTab, one } = await twoTabs();
    const third = openTab();
    third.wire.start();
    await settle();
    one.wire.stop();
    await settle();
    expect(third.wire.state).toBe("connecting");
    latest().welcome({ "1": 6 });
    await settle();
    expect(third.wire.state).toBe("live");
    expect(third.onJoined).toHaveBeenLastCalledWith({ "1": 6 }, {});
  });

  it("takes over from a leader that no longer answers, which then follows", async () => {
    const { latest, open, one, other } = await twoTabs();
    one.tabServices.freeze();
    await settle(SILENCE_MS);
    expect(other.wire.isLeading).toBe(false);
    await settle(ANSWER_MS);
    expect(other.wire.isLeading).toBe(true);
    expect(one.wire.isLeading).toBe(false);
    one.tabServices.thaw();
    latest().welcome({ "1": 5 });
    await settle();
    expect(open()).toHaveLength(1);
    latest().push("message:new", 6);
    await settle();
    expect(one.heard()).toEqual([["message:new", 6]]);
    other.wire.stop();
    await settle();
    expect(one.wire.isLeading).toBe(true);
    expect(open()).toHaveLength(1);
  });

  it("keeps a silent leader that answers", async () => {
    const { sockets, latest, one } = await twoTabs();
    await stayQuiet(latest(), 3 * SILENCE_MS);
    expect(sockets).toHaveLength(1);
    expect(one.wire.isLeading).toBe(true);
  });

  it("checks a silent leader when a page becomes visible", async () => {
    const { sockets, one, other } = await twoTabs();
    one.tabServices.freeze();
    other.wire.reconnectNow();
    await settle(ANSWER_MS);
    expect(sockets).toHaveLength(2);
    expect(other.wire.isLeading).toBe(true);
  });

  it("joins the rooms of all tabs' chats, and leaves those of a closed tab", async () => {
    const { latest, one, other } = await twoTabs();
    one.wire.setChats(new Set([1, 2]));
    other.wire.setChats(new Set([2, 3]));
    await settle();
    expect(chatsOf(latest(), "join-chat")).toEqual([1, 2, 3]);
    other.wire.stop();
    await settle();
    expect(chatsOf(latest(), "leave-chat")).toEqual([3]);
  });

  it("drops the chats of a crashed tab", async () => {
    const { latest, openTab, one } = await twoTabs();
    const third = openTab();
    third.wire.start();
    one.wire.setChats(new Set([8]));
    third.wire.setChats(new Set([9]));
    await stayQuiet(latest(), 2 * TAB_TIMEOUT_MS);
    expect(chatsOf(latest(), "leave-chat")).toEqual([]);
    third.tabServices.die();
    await stayQuiet(latest(), TAB_TIMEOUT_MS + REPEAT_MS);
    expect(chatsOf(latest(), "leave-chat")).toEqual([9]);
  });

  it("forwards typing to the leading tab, which alone sends fresh tokens", async () => {
    const { latest, one, other } = await twoTabs();
    other.wire.setTyping(3, true);
    for (const tab of [one, other]) tab.wire.reauth("fresh");
    await settle();
    expect(sentFrames(latest(), "typing")[0]?.data).toEqual({ chat_id: 3, on: true });
    expect(sentFrames(latest(), "auth").slice(1).map(({ data }) => data)).toEqual([{ token: "fresh" }]);
  });

  it("is rejected in every tab, and retried by any", async () => {
    const { sockets, latest, one, other } = await twoTabs();
    latest().end(4403);
    await settle();
    expect([one.wire.state, other.wire.state]).toEqual(["refused", "refused"]);
    other.wire.start();
    await settle();
    expect(sockets).toHaveLength(2);
    latest().welcome();
    await settle();
    expect(other.wire.state).toBe("live");
  });

  it("can be stopped and started again, leading or not", async () => {
    const { latest, one, other, open } = await twoTabs();
    for (let round = 0; round < 3; round += 1) {
      one.wire.stop();
      await settle();
      one.wire.start();
      other.wire.stop();
      await settle();
      other.wire.start();
      await settle();
      expect(open()).toHaveLength(1);
    }
    latest().welcome();
    await settle();
    expect([one.wire.state, other.wire.state]).toEqual(["live", "live"]);
  });
});
