/** Alerts come once, after a moment, as the user chose; there is none for what is read meanwhile. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeNotification, makePreferences } from "@/testing/factories";
import type { NotificationList } from "@/types/wire";
import { createAlerts, PATIENCE_MS } from "./alerts";
import { describeLine } from "./lines";
import { markRead } from "./notifications";
import { chooseQuietHours, isQuiet, readQuietHours } from "./quietHours";

const START = Date.parse("2026-03-02T09:00:05.000Z");

describe("alerts", () => {
  beforeEach(() => void vi.useFakeTimers({ now: START }));
  afterEach(() => void vi.useRealTimers());

  afterEach(() => chooseQuietHours({ isOn: false, from: "20:00", to: "08:00" }));

  function setUp(preferences = makePreferences()) {
    const sound = vi.fn();
    const desktop = vi.fn();
    const claimed = vi.fn(() => true);
    const alerts = createAlerts(sound, desktop, claimed);
    const take = (fields: Parameters<typeof makeNotification>[0]) => alerts.take(makeNotification(fields), () => Promise.resolve(preferences));
    return { sound, desktop, claimed, take };
  }

  it("makes a sound and shows the line on the desktop", async () => {
    const { sound, desktop, take } = setUp();
    take({ id: 3, title: "Bia", preview: "Oi", chat_id: 10, message_id: 5 });
    expect(sound).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    expect(sound).toHaveBeenCalledTimes(1);
    expect(desktop.mock.calls).toEqual([["Bia", "Oi", "confab-3", "/inbox/1/10#message-5"]]);
  });

  it("is silent about what was read meanwhile: the chat is in view", async () => {
    const { sound, desktop, take } = setUp();
    take({ id: 3 });
    await vi.advanceTimersByTimeAsync(PATIENCE_MS / 2);
    take({ id: 3, read_at: "2026-03-02T09:00:05.500Z" });
    await vi.advanceTimersByTimeAsync(PATIENCE_MS * 2);
    expect([sound.mock.calls, desktop.mock.calls]).toEqual([[], []]);
  });

  it("is silent about chats without an owner by default, about what is old, and where another tab alerts", async () => {
    const { sound, desktop, claimed, take } = setUp();
    take({ id: 3, kind: "unassigned" });
    take({ id: 4, at: "2026-03-02T08:00:00.000Z" });
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    claimed.mockReturnValue(false);
    take({ id: 5 });
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    expect([sound.mock.calls, desktop.mock.calls]).toEqual([[], []]);
  });

  it("is silent in the quiet hours of this device, and not after them", async () => {
    const { sound, desktop, take } = setUp();
    // The whole day, whatever the zone of this machine.
    chooseQuietHours({ isOn: true, from: "00:00", to: "00:00" });
    take({ id: 3 });
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    expect([sound.mock.calls, desktop.mock.calls]).toEqual([[], []]);
    chooseQuietHours({ isOn: false, from: "00:00", to: "00:00" });
    take({ id: 4 });
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    expect(sound).toHaveBeenCalledTimes(1);
  });
});

describe("quiet hours", () => {
  const hours = (from: string, to: string, isOn = true) => ({ isOn, from, to });

  it.each([
    ["20:00", "08:00", ["20:00", "23:59", "00:00", "07:59"], ["08:00", "19:59"]],
    ["12:00", "13:30", ["12:00", "13:29"], ["11:59", "13:30", "00:00"]],
    ["09:00", "09:00", ["08:59", "09:00"], []],
  ])("from %s to %s", (from, to, quiet, loud) => {
    expect(quiet.filter((time) => !isQuiet(hours(from, to), time))).toEqual([]);
    expect(loud.filter((time) => isQuiet(hours(from, to), time))).toEqual([]);
    expect(quiet.filter((time) => isQuiet(hours(from, to, false), time))).toEqual([]);
  });

  it("are kept on this device, and off where what is stored makes no sense", () => {
    chooseQuietHours(hours("21:15", "06:45"));
    expect(readQuietHours()).toEqual(hours("21:15", "06:45"));
    for (const text of ["{", "null", '{"isOn":true,"from":"25:00","to":"08:00"}']) {
      localStorage.setItem("confab.quiet-hours", text);
      expect(readQuietHours().isOn).toBe(false);
    }
  });
});

describe("marking as read", () => {
  const lines = [makeNotification({ id: 3, chat_id: 10 }), makeNotification({ id: 2, chat_id: 11 }), makeNotification({ id: 1, chat_id: 10, read_at: "2026-03-02T08:00:00.000Z" })];
  const known: NotificationList = { items: lines, next_cursor: null, unread: 2 };
  const unreadIds = ({ items }: NotificationList) => items.filter(({ read_at }) => read_at === null).map(({ id }) => id);

  it.each([
    [{ ids: [3, 1] }, [2], 1],
    [{ chat_id: 10 }, [2], 1],
    [{ all: true }, [], 0],
  ] as const)("shows it at once: %o", (which, left, unread) => {
    const after = markRead(known, which);
    expect([unreadIds(after), after.unread]).toEqual([left, unread]);
  });
});

it("leads to the chat, or to the numbers", () => {
  expect(describeLine(makeNotification({ chat_id: 10, message_id: null })).path).toBe("/inbox/1/10");
  expect(describeLine(makeNotification({ kind: "number_down", chat_id: null, title: null, preview: null }))).toEqual({
    title: "Number needs attention",
    body: "Number needs attention",
    path: "/connections",
  });
});

describe("the line of a target", () => {
  it("says which promise is at risk and when it is breached", () => {
    const due_at = new Date(new Date().setHours(23, 59, 0, 0)).toISOString();
    const bodyOf = (kind: "first_reply" | "next_reply" | "close") => describeLine(makeNotification({ kind: "target", title: "Bia", preview: "Oi", target: { kind, due_at } })).body.replace(/\s/g, " ");
    expect(["first_reply", "next_reply", "close"].map((kind) => bodyOf(kind as "close"))).toEqual(["First reply due by 11:59 PM", "Reply due by 11:59 PM", "To be closed by 11:59 PM"]);
  });
});
