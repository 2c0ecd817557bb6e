/** Web push in this browser: subscribed for one user at a time, and registered with the server for their session. */
import { LIMITS_MS, withDeadline } from "@/lib/limits";
import type { Device, NewDevice } from "@/types/wire";

/** Who turned it on here: another user who signs in does not get it. */
const USER_KEY = "confab.push";

/** `unsupported`: this browser, or a page that was not loaded over HTTPS. */
export type PushState = "off" | "on" | "blocked" | "unsupported";

interface PushApi {
  readonly addDevice: (device: NewDevice) => Promise<Device>;
}

function findWorkers(): ServiceWorkerContainer | null {
  const workers = (navigator as Partial<Navigator>).serviceWorker;
  return workers === undefined || !("PushManager" in window) || !("Notification" in window) ? null : workers;
}

const findSubscription = async (): Promise<PushSubscription | null> => (await (await findWorkers()?.getRegistration("/"))?.pushManager.getSubscription()) ?? null;

/** Once the service worker is active: on a first visit it is still being installed. */
const waitUntilActive = (workers: ServiceWorkerContainer): Promise<ServiceWorkerRegistration> => withDeadline(LIMITS_MS.request, () => workers.ready);

const findUser = (): string | null => {
  try {
    return localStorage.getItem(USER_KEY);
  } catch {
    return null;
  }
};

export async function readPushState(userId: number): Promise<PushState> {
  if (findWorkers() === null) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  return findUser() === String(userId) && (await findSubscription()) !== null ? "on" : "off";
}

/* eslint-disable lingui/no-unlocalized-strings -- names of products, and how browsers call themselves */
/** The first that the browser's name for itself contains: each contains those of older ones. */
const BROWSERS = [["Edg/", "Edge"], ["Firefox/", "Firefox"], ["FxiOS", "Firefox"], ["Chrome/", "Chrome"], ["CriOS", "Chrome"], ["Safari/", "Safari"]] as const;
const SYSTEMS = [["Android", "Android"], ["iPhone", "iOS"], ["iPad", "iPadOS"], ["Windows", "Windows"], ["Mac OS X", "macOS"], ["CrOS", "ChromeOS"], ["Linux", "Linux"]] as const;
const UNKNOWN = "Web";
/* eslint-enable lingui/no-unlocalized-strings */

/** "Firefox · Windows": what users call it. */
export function nameBrowser(agent = navigator.userAgent): string {
  const nameIn = (names: readonly (readonly [string, string])[]) => names.find(([part]) => agent.includes(part))?.[1];
  const name = [nameIn(BROWSERS), nameIn(SYSTEMS)].filter((part) => part !== undefined).join(" · ");
  return name === "" ? UNKNOWN : name;
}

function readKey(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const isSameKey = (subscription: PushSubscription, key: Uint8Array): boolean => {
  const known = subscription.options.applicationServerKey;
  return known !== null && new Uint8Array(known).join() === key.join();
};

/** A subscription with this key: one with an earlier key of the server would get nothing. */
async function subscribe(registration: ServiceWorkerRegistration, key: Uint8Array<ArrayBuffer>): Promise<PushSubscription> {
  const known = await registration.pushManager.getSubscription();
  if (known !== null && isSameKey(known, key)) return known;
  await known?.unsubscribe();
  return withDeadline(LIMITS_MS.request, () => registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
}

async function register(api: PushApi, subscription: PushSubscription): Promise<Device> {
  const { endpoint, keys } = subscription.toJSON();
  return api.addDevice({ endpoint: endpoint ?? "", keys: { p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "" }, name: nameBrowser() });
}

/** Asks for the permission and turns web push on here; false if the user did not allow it. */
export async function turnOnPush(api: PushApi, key: string, userId: number): Promise<boolean> {
  const workers = findWorkers();
  if (workers === null || (await Notification.requestPermission()) !== "granted") return false;
  await register(api, await subscribe(await waitUntilActive(workers), readKey(key)));
  localStorage.setItem(USER_KEY, String(userId));
  return true;
}

export async function turnOffPush(): Promise<void> {
  localStorage.removeItem(USER_KEY);
  await (await findSubscription())?.unsubscribe();
}

/** After signing in: the session is another one, and the server's key may be. Of another user nothing stays here. */
export async function renewPush(api: PushApi, key: string | null, userId: number): Promise<void> {
  const known = findUser();
  if (known === null) return;
  if (known !== String(userId) || key === null) return turnOffPush();
  const workers = findWorkers();
  if (workers === null || Notification.permission !== "granted") return undefined;
  await register(api, await subscribe(await waitUntilActive(workers), readKey(key)));
  return undefined;
}
