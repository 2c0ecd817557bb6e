/**
 * The service worker: opens the app without a network, from what an earlier visit loaded, and shows web push.
 *
 * It caches the app's own files and nothing else: requests to the API and the socket pass it by untouched. The build
 * (scripts/serviceWorker.js) fills in the constants, so each build is another worker with a cache of its own.
 * It waits until no tab is open that may need the files of the build before: nothing here calls skipWaiting.
 */
const CACHE = `confab-${"60a25a9624e3"}`;
/** The page, under the address "/", and what it loads first. */
const FILES = ["/","/assets/rolldown-runtime-XKyaHtl9.js","/assets/vendor-BI-XZ8F3.js","/assets/first-DTY4Ei0L.js"];
/** What the page loads while the browser is idle: its other pages, the thread, dialogs. */
const PARTS = ["/assets/ActionRows-CYRrn4Jh.js","/assets/AuditPage-DYyy20Fc.js","/assets/AuditPage-uLE3Un3v.css","/assets/ChoiceDialog-CJE0a0XG.js","/assets/ChoiceDialog-iXc6qHLc.js","/assets/CommandPalette-CZXUH5RM.js","/assets/ConditionRows-CywOtWkA.js","/assets/ConnectDialog-CImapHAh.js","/assets/ConnectDialog-D41zbgrt.css","/assets/ConnectionsPage-CGHRIuhW.css","/assets/ConnectionsPage-D5B_bjfX.js","/assets/ContactsPage-RDMcmaYf.js","/assets/Entrance-BFCku215.css","/assets/Entrance-CkvLEXYx.js","/assets/ForgotPage-BV8OILxp.js","/assets/HoursDialog-0mto_Vx6.css","/assets/HoursDialog-BjZMXdXc.js","/assets/ImportDialog-BjlUZR6p.js","/assets/LoginPage-CaSRgt-8.js","/assets/MacrosPage-raj22cZD.js","/assets/OutsideHours-41emYAzp.css","/assets/OutsideHours-ToleyF-4.js","/assets/PlanDialog-BLZf95jS.js","/assets/PlanMenu-B8nLmNSB.js","/assets/PlannedPage-CIYU-WGp.css","/assets/PlannedPage-Lr6R3K_Q.js","/assets/RatingsPage-CYzihCBL.js","/assets/RatingsPage-TI2DPR4H.css","/assets/RegisterPage-CqNsHOPT.js","/assets/ReplyPicker-BCK4KCvx.js","/assets/ReportsPage-BGo2M7f1.css","/assets/ReportsPage-Byk5FLTY.js","/assets/RulesPage-BBXKRwu3.js","/assets/SettingsPage-DaO3WasL.css","/assets/SettingsPage-DtETa0Xk.js","/assets/StatusDialog-DyHkmMZO.js","/assets/SurveyDialog-B5hWMKE6.js","/assets/SystemPage-BErNduc8.css","/assets/SystemPage-D3DgKBQu.js","/assets/TargetMark-C0glsCLp.js","/assets/TargetMark-Dbzje6jU.css","/assets/TargetsPage-CwHKpQ23.js","/assets/UnresolvedDialog-Ci366X02.js","/assets/UnsubscribePage-449pv9ay.js","/assets/UsagePage-7PX0UHez.js","/assets/UsagePage-Bl53pzi2.css","/assets/WelcomePage-DaF9P17z.js","/assets/fields-DSB-4Apc.js","/assets/fields-DYDjcnSa.css","/assets/importing-CiHbONee.css","/assets/importing.module-eLwNtlHs.js","/assets/inbox-Chh95PeP.js","/assets/inbox-DWLskrY1.css","/assets/inbox-O82HOgqq.js","/assets/later-CU6LeBr3.js","/assets/later-C_7OHtCU.js","/assets/live-CWnYQ9RO.js","/assets/live-Cu4lfDdi.css","/assets/live-D6MKSMmH.js","/assets/menus--GSSut0E.css","/assets/menus-C0M_gR6a.js","/assets/menus-HMSBqtg2.js","/assets/phoneRules-C7mPUyT8.js","/assets/phones-Dm5gLXdD.js","/assets/poster-BitnGrsk.js","/assets/queries-Bx4VkGVl.js","/assets/recentSearches-vHRMR6Ck.js","/assets/reply-picker-Cj9mpich.css","/assets/reply-picker.module-CAK8BahL.js","/assets/rewrapOgg-Bm0DLa1P.js","/assets/shared-C1HbyA8P.js","/assets/shared-D9uYwQLa.css","/assets/stateChanges-Dw3228hA.js","/assets/survey-DtOhVC4I.css","/assets/survey.module-x_D20cPE.js","/assets/thread-BrJSbCMk.js","/assets/thread-CT95o1hE.js","/assets/thread-CthRAArS.css","/assets/voiceNote-CDAMQu6O.js","/assets/webpush-BXYiYbIM.js"];
const PAGE = "/";
/** The server's own addresses, as in server/routes. */
const SERVER = /^\/(?:api(?:\/|$)|ws$|health|metrics$)/;

/** Whether the file's name changes with its content. */
const isHashed = (path) => path.startsWith("/assets/");

/** Fails, to be tried again later, while a deployment is under way and another instance answers with another build. */
async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll([...FILES, ...PARTS].map((path) => new Request(path, { cache: isHashed(path) ? "default" : "no-cache" })));
  const page = await (await cache.match(PAGE)).text();
  const isComplete = FILES.filter(isHashed).every((path) => page.includes(path));
  if (isComplete) return;
  await caches.delete(CACHE);
  throw new Error("The page is of another build.");
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("confab-") && name !== CACHE).map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

/** Without creating the cache, which is deleted when another worker has taken over. */
const find = (request) => caches.match(request, { cacheName: CACHE, ignoreVary: true });

async function store(request, response) {
  if (response.ok && (await caches.has(CACHE))) await (await caches.open(CACHE)).put(request, response);
}

/** From the cache if it is there: the content of such a file never changes. */
async function fromCache(request) {
  const cached = await find(request);
  if (cached !== undefined) return cached;
  const response = await fetch(request);
  await store(request, response.clone()).catch(() => undefined);
  return response;
}

/** Always the newest while there is a network; `path` is what the cache has instead. */
async function fromNetwork(request, path, preloaded) {
  try {
    return (await preloaded) ?? (await fetch(request));
  } catch (error) {
    const cached = await find(path);
    if (cached === undefined) throw error;
    return cached;
  }
}

function answer(event) {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin || SERVER.test(pathname)) return undefined;
  if (isHashed(pathname)) return fromCache(event.request);
  if (FILES.includes(pathname) && pathname !== PAGE) return fromNetwork(event.request, pathname);
  return mode === "navigate" ? fromNetwork(event.request, PAGE, event.preloadResponse) : undefined;
}

/** What a page loaded while this worker did not control it yet: its language, its font. */
async function cacheLoaded(paths) {
  for (const path of paths) {
    if ((await find(path)) === undefined) await fetch(path).then((response) => store(path, response)).catch(() => undefined);
  }
}

const openTabs = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });

/** Whether it is one of the quiet hours of this device, which src/lib/notifications/quietHours.ts stores. */
async function isQuiet() {
  const stored = await caches.match("/quiet-hours", { cacheName: "device-settings" });
  if (stored === undefined) return false;
  const { isOn, from, to } = await stored.json();
  const now = new Date();
  const time = [now.getHours(), now.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
  return isOn && (from < to ? from <= time && time < to : from <= time || time < to);
}

/** Nothing where a tab is in view, which shows it itself; a test is shown in any case. */
async function showPush({ title, body, tag, path, lang, is_test: isTest = false }) {
  const tabs = await openTabs();
  if (!isTest && tabs.some(({ visibilityState }) => visibilityState === "visible")) return;
  // It has to be shown: browsers end a subscription whose pushes are not.
  const silent = !isTest && (await isQuiet());
  await self.registration.showNotification(title, { body, tag, lang, silent, icon: "/icon-192.png", data: { path } });
}

/** In the tab that was used last, or in a new one. */
async function openPath(path) {
  const [tab] = await openTabs();
  if (tab === undefined) {
    await self.clients.openWindow(path);
    return;
  }
  tab.postMessage({ open: path });
  await tab.focus();
}

self.addEventListener("push", (event) => event.waitUntil(showPush(event.data.json())));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openPath(event.notification.data.path));
});
self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const response = answer(event);
  if (response !== undefined) event.respondWith(response);
});
self.addEventListener("message", (event) => event.waitUntil(cacheLoaded(event.data.paths)));
