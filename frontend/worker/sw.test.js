// @ts-check
/** The service worker shows web push where no tab of this browser is in view, and opens its chat in a tab that is there. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, expect, it, vi } from "vitest";

const SOURCE = readFileSync(path.join(import.meta.dirname, "sw.js"), "utf8").replaceAll("__VERSION__", '"1"').replaceAll("__FILES__", "[]").replaceAll("__PARTS__", "[]");
const PUSH = { title: "Bia", body: "Message in your chat", tag: "confab-3", path: "/inbox/1/2", lang: "en" };

/** @type {Record<string, (event: object) => void>} */
const listeners = {};
const showNotification = vi.fn();
const openWindow = vi.fn();
/** @type {{ visibilityState: string, postMessage: import("vitest").Mock, focus: import("vitest").Mock }[]} */
let tabs = [];
/** @type {object | undefined} */
let quietHours;
const caches = { match: (/** @type {string} */ path) => Promise.resolve(path === "/quiet-hours" && quietHours ? { json: () => Promise.resolve(quietHours) } : undefined) };

beforeEach(() => {
  vi.clearAllMocks();
  tabs = [];
  quietHours = undefined;
  const worker = {
    addEventListener: (/** @type {string} */ name, /** @type {(event: object) => void} */ listener) => void (listeners[name] = listener),
    clients: { matchAll: () => Promise.resolve(tabs), openWindow },
    registration: { showNotification },
    location: "https://inbox.example.com/sw.js",
  };
  // A service worker has no module to import.
  new Function("self", "caches", SOURCE)(worker, caches);
});

/** @param {string} name @param {object} event */
async function dispatch(name, event) {
  /** @type {Promise<void>[]} */
  const work = [];
  listeners[name]?.({ ...event, waitUntil: (/** @type {Promise<void>} */ promise) => work.push(promise) });
  await Promise.all(work);
}

const push = (/** @type {object} */ more = {}) => dispatch("push", { data: { json: () => ({ ...PUSH, ...more }) } });
const makeTab = (/** @type {string} */ visibilityState) => ({ visibilityState, postMessage: vi.fn(), focus: vi.fn() });

it("shows a push, under its tag and with its path", async () => {
  await push();
  tabs = [makeTab("hidden")];
  await push();
  expect(showNotification).toHaveBeenCalledTimes(2);
  expect(showNotification).toHaveBeenCalledWith("Bia", expect.objectContaining({ body: PUSH.body, tag: "confab-3", data: { path: "/inbox/1/2" } }));
});

it("shows nothing while a tab is in view, except a test", async () => {
  tabs = [makeTab("hidden"), makeTab("visible")];
  await push();
  expect(showNotification).not.toHaveBeenCalled();
  await push({ is_test: true });
  expect(showNotification).toHaveBeenCalledTimes(1);
});

it.each([
  [{ isOn: true, from: "20:00", to: "08:00" }, 23, true],
  [{ isOn: true, from: "20:00", to: "08:00" }, 7, true],
  [{ isOn: true, from: "20:00", to: "08:00" }, 8, false],
  [{ isOn: true, from: "12:00", to: "13:00" }, 12, true],
  [{ isOn: true, from: "12:00", to: "13:00" }, 13, false],
  [{ isOn: false, from: "20:00", to: "08:00" }, 23, false],
])("with the quiet hours %o a push at %i o'clock is silent: %s", async (hours, hour, silent) => {
  vi.useFakeTimers({ now: new Date(2026, 2, 2, hour), toFake: ["Date"] });
  quietHours = hours;
  await push();
  await push({ is_test: true });
  vi.useRealTimers();
  expect(showNotification.mock.calls.map(([, options]) => options.silent)).toEqual([silent, false]);
});

it("opens the chat in a tab that is there, else in a new one", async () => {
  const notification = { close: vi.fn(), data: { path: "/inbox/1/2" } };
  await dispatch("notificationclick", { notification });
  expect(openWindow).toHaveBeenCalledWith("/inbox/1/2");
  const tab = makeTab("hidden");
  tabs = [tab];
  await dispatch("notificationclick", { notification });
  expect([tab.postMessage.mock.calls, tab.focus.mock.calls.length, openWindow.mock.calls.length]).toEqual([[[{ open: "/inbox/1/2" }]], 1, 1]);
  expect(notification.close).toHaveBeenCalledTimes(2);
});
