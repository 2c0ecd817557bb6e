/** Web push in this browser belongs to the user who turned it on here, with the server's present key. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { nameBrowser, readPushState, renewPush, turnOffPush, turnOnPush } from "./webpush";

const KEY = "BAECAw";
const OTHER_KEY = "BAECBA";
const addDevice = vi.fn();
const api = { addDevice };

function makeSubscription(key: string) {
  const options = { applicationServerKey: Uint8Array.from(atob(key), (one) => one.charCodeAt(0)).buffer };
  const toJSON = () => ({ endpoint: `https://push.example/${key}`, keys: { p256dh: "point", auth: "secret" } });
  return { options, toJSON, unsubscribe: vi.fn(() => Promise.resolve((current = null))) };
}

let current: ReturnType<typeof makeSubscription> | null = null;
const keyOf = (key: Uint8Array) => btoa(String.fromCharCode(...key)).replaceAll("=", "");
const subscribe = vi.fn(({ applicationServerKey }: { applicationServerKey: Uint8Array }) => Promise.resolve((current = makeSubscription(keyOf(applicationServerKey)))));
const requestPermission = vi.fn();

beforeEach(() => {
  current = null;
  vi.clearAllMocks();
  const stored = new Map<string, string>();
  vi.stubGlobal("localStorage", { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, value: string) => stored.set(key, value), removeItem: (key: string) => stored.delete(key) });
  requestPermission.mockResolvedValue("granted");
  addDevice.mockResolvedValue({ id: 1 });
  const registration = { pushManager: { getSubscription: () => Promise.resolve(current), subscribe } };
  vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", serviceWorker: { getRegistration: () => Promise.resolve(registration), ready: Promise.resolve(registration) } });
  vi.stubGlobal("PushManager", vi.fn());
  vi.stubGlobal("Notification", { permission: "granted", requestPermission });
  vi.stubGlobal("window", globalThis);
});
afterEach(() => vi.unstubAllGlobals());

it("subscribes once the user allows it, and registers the browser", async () => {
  expect(await readPushState(7)).toBe("off");
  expect(await turnOnPush(api, KEY, 7)).toBe(true);
  expect(addDevice).toHaveBeenCalledWith({ endpoint: `https://push.example/${KEY}`, keys: { p256dh: "point", auth: "secret" }, name: "Firefox · Linux" });
  expect([await readPushState(7), await readPushState(8)]).toEqual(["on", "off"]);
});

it("does nothing without the permission", async () => {
  requestPermission.mockResolvedValue("denied");
  expect(await turnOnPush(api, KEY, 7)).toBe(false);
  expect([subscribe, addDevice].map((mock) => mock.mock.calls.length)).toEqual([0, 0]);
  vi.stubGlobal("Notification", { permission: "denied" });
  expect(await readPushState(7)).toBe("blocked");
});

it("registers the browser again after signing in, with a new subscription if the server's key is new", async () => {
  await turnOnPush(api, KEY, 7);
  await renewPush(api, KEY, 7);
  expect([subscribe.mock.calls.length, addDevice.mock.calls.length]).toEqual([1, 2]);
  await renewPush(api, OTHER_KEY, 7);
  expect([subscribe.mock.calls.length, addDevice.mock.calls.length]).toEqual([2, 3]);
});

it.each([
  ["another user signs in", KEY, 8],
  ["the server no longer has a key", null, 7],
] as const)("ends when %s", async (_, key, userId) => {
  await turnOnPush(api, KEY, 7);
  addDevice.mockClear();
  await renewPush(api, key, userId);
  expect([current, addDevice.mock.calls.length, await readPushState(7)]).toEqual([null, 0, "off"]);
});

it("does nothing where it was never turned on", async () => {
  current = makeSubscription(KEY);
  await renewPush(api, KEY, 7);
  expect(addDevice).not.toHaveBeenCalled();
  await turnOffPush();
  expect(current).toBeNull();
});

it("is unsupported without a service worker", async () => {
  vi.stubGlobal("navigator", {});
  expect(await readPushState(7)).toBe("unsupported");
  expect(await turnOnPush(api, KEY, 7)).toBe(false);
});

it.each([
  ["Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"],
  ["Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome · Android"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari · iOS"],
  ["curl", "Web"],
])("names %s", (agent, name) => expect(nameBrowser(agent)).toBe(name));
