/**
 * The service worker: opens the app without a network, from what an earlier visit loaded, and shows web push.
 *
 * It caches the app's own files and nothing else: requests to the API and the socket pass it by untouched. The build
 * (scripts/serviceWorker.js) fills in the constants, so each build is another worker with a cache of its own.
 * It waits until no tab is open that may need the files of the build before: nothing here calls skipWaiting.
 */
const CACHE = `confab-${"4c7edeed3fb0"}`;
/** The page, under the address "/", and what it loads first. */
const FILES = ["/","/assets/rolldown-runtime-XKyaHtl9.js","/assets/vendor-BI-XZ8F3.js","/assets/first-BlKq0BMW.js"];
/** What the page loads while the browser is idle: its other pages, the thread, dialogs. */
const PARTS = ["/assets/ActionRows-BXkU3NNx.js","/assets/AuditPage-DV_e5fJg.js","/assets/AuditPage-uLE3Un3v.css","/assets/ChoiceDialog-DymFsLH1.js","/assets/ChoiceDialog-Fm0f3P21.js","/assets/CommandPalette-Bh6LErT_.js","/assets/ConditionRows-RQORcJsF.js","/assets/ConnectDialog-BeQvHuwt.js","/assets/ConnectDialog-D41zbgrt.css","/assets/ConnectionsPage-CGHRIuhW.css","/assets/ConnectionsPage-D6Ewd4z1.js","/assets/ContactsPage-CEVZok_L.js","/assets/Entrance-BFCku215.css","/assets/Entrance-CTQRuHck.js","/assets/ForgotPage-Dmab8sVB.js","/assets/HoursDialog-0mto_Vx6.css","/assets/HoursDialog-CGW0CMZP.js","/assets/ImportDialog-B1vdoDgf.js","/assets/LoginPage-CVQJeXh-.js","/assets/MacrosPage-DAbWtR7P.js","/assets/OutsideHours-41emYAzp.css","/assets/OutsideHours-DO6yLOlc.js","/assets/PlanDialog-BuedgN79.js","/assets/PlanMenu-Bv5M0ZQ4.js","/assets/PlannedPage-B7rw3Xm0.js","/assets/PlannedPage-CIYU-WGp.css","/assets/RatingsPage-BhVeRc2I.js","/assets/RatingsPage-TI2DPR4H.css","/assets/RegisterPage-sNfX97iP.js","/assets/ReplyPicker-JV3_Kh9O.js","/assets/ReportsPage-BFkJCV_X.js","/assets/ReportsPage-DRxEsmlg.css","/assets/RulesPage-T9ccbt-s.js","/assets/SettingsPage-CspWlbEW.js","/assets/SettingsPage-DaO3WasL.css","/assets/StatusDialog-CtzTLEY3.js","/assets/SurveyDialog-CH3nvZ8N.js","/assets/SystemPage-BErNduc8.css","/assets/SystemPage-CBQqr-Zz.js","/assets/TargetMark-CyIeFboS.js","/assets/TargetMark-Dbzje6jU.css","/assets/TargetsPage-BQeDTJGF.js","/assets/UnresolvedDialog-DbfCL9Y_.js","/assets/UnsubscribePage-CmE_99p4.js","/assets/UsagePage-Bl53pzi2.css","/assets/UsagePage-CvBd1GE9.js","/assets/WelcomePage-BkqJfgSI.js","/assets/fields-CjQXT8Gl.js","/assets/fields-DYDjcnSa.css","/assets/importing-UqVg1qNI.css","/assets/importing.module-B98Hno9x.js","/assets/inbox-BYSqW6v9.js","/assets/inbox-C55xPKVU.js","/assets/inbox-DqhFHxFc.css","/assets/later-C_7OHtCU.js","/assets/later-DvTpuOuY.js","/assets/live-Cu4lfDdi.css","/assets/live-DwMX-yck.js","/assets/live-KAf0EGtc.js","/assets/menus--GSSut0E.css","/assets/menus-BXBx0bKM.js","/assets/menus-DjFzB3wY.js","/assets/phoneRules-C7mPUyT8.js","/assets/phones-Dm5gLXdD.js","/assets/poster-8fXwn_e4.js","/assets/queries-C57LLV5h.js","/assets/recentSearches-CMhRC_o5.js","/assets/reply-picker-Cj9mpich.css","/assets/reply-picker.module-CAK8BahL.js","/assets/rewrapOgg-Bm0DLa1P.js","/assets/shared-D9uYwQLa.css","/assets/shared-XY4Yf8ir.js","/assets/stateChanges-Dzdp5FUb.js","/assets/survey-DtOhVC4I.css","/assets/survey.module-x_D20cPE.js","/assets/thread-CthRAArS.css","/assets/thread-XPanFQf_.js","/assets/thread-sSgws7tB.js","/assets/voiceNote-CDAMQu6O.js","/assets/webpush-D5Eumo_0.js"];
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
