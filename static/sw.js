/**
 * The service worker: opens the app without a network, from what an earlier visit loaded, and shows web push.
 *
 * It caches the app's own files and nothing else: requests to the API and the socket pass it by untouched. The build
 * (scripts/serviceWorker.js) fills in the constants, so each build is another worker with a cache of its own.
 * It waits until no tab is open that may need the files of the build before: nothing here calls skipWaiting.
 */
const CACHE = `confab-${"23d637a92b47"}`;
/** The page, under the address "/", and what it loads first. */
const FILES = ["/","/assets/rolldown-runtime-XKyaHtl9.js","/assets/vendor-BI-XZ8F3.js","/assets/first-BbCybwFm.js"];
/** What the page loads while the browser is idle: its other pages, the thread, dialogs. */
const PARTS = ["/assets/ActionRows-9-x-it1E.js","/assets/AuditPage-CjLNCtEi.js","/assets/AuditPage-uLE3Un3v.css","/assets/ChoiceDialog-BZilZWih.js","/assets/ChoiceDialog-CKUKxLkV.js","/assets/CommandPalette-DI15kXZ3.js","/assets/ConditionRows-Bx2cwIrz.js","/assets/ConnectDialog-Ca3gtm0A.js","/assets/ConnectDialog-D41zbgrt.css","/assets/ConnectionsPage-CGHRIuhW.css","/assets/ConnectionsPage-kik2PLyO.js","/assets/ContactsPage-CBZJft1u.js","/assets/Entrance-BFCku215.css","/assets/Entrance-ChBcnoay.js","/assets/ForgotPage-BHm-6LOT.js","/assets/HoursDialog-0mto_Vx6.css","/assets/HoursDialog-BH4fsybG.js","/assets/ImportDialog-5ytlmwjH.js","/assets/LoginPage-CNHYo0PX.js","/assets/MacrosPage-BTaSoMKL.js","/assets/OutsideHours-41emYAzp.css","/assets/OutsideHours-Q_us2Yly.js","/assets/PlanDialog-BEpiq-fx.js","/assets/PlanMenu-coeJeBQq.js","/assets/PlannedPage-BVgZwnj7.js","/assets/PlannedPage-CIYU-WGp.css","/assets/RatingsPage-DQ16cg_y.js","/assets/RatingsPage-TI2DPR4H.css","/assets/RegisterPage-B6HnLvYk.js","/assets/ReplyPicker-m8cZlbyP.js","/assets/ReportsPage-BGo2M7f1.css","/assets/ReportsPage-C3Hf7HxY.js","/assets/RulesPage-BOhcNcw5.js","/assets/SettingsPage-DZdtLdZz.js","/assets/SettingsPage-DaO3WasL.css","/assets/StatusDialog-C1pXYs3t.js","/assets/SurveyDialog-DhsGEWEw.js","/assets/SystemPage-BErNduc8.css","/assets/SystemPage-BOHgFSUi.js","/assets/TargetMark-DQeYsVH6.js","/assets/TargetMark-Dbzje6jU.css","/assets/TargetsPage-DV0yv5Ku.js","/assets/UnresolvedDialog-DAx16HZc.js","/assets/UnsubscribePage-BiJ71MwH.js","/assets/UsagePage-Bl53pzi2.css","/assets/UsagePage-DKj4jOuu.js","/assets/WelcomePage-D36kRL8A.js","/assets/fields-DYDjcnSa.css","/assets/fields-GvMxHBge.js","/assets/importing-CiHbONee.css","/assets/importing.module-eLwNtlHs.js","/assets/inbox-C2iCip9L.js","/assets/inbox-D2pOCB9p.js","/assets/inbox-DWLskrY1.css","/assets/later-CU6LeBr3.js","/assets/later-C_7OHtCU.js","/assets/live-Cu4lfDdi.css","/assets/live-DYpbViYS.js","/assets/live-Dk4HdHTw.js","/assets/menus--GSSut0E.css","/assets/menus-BeOTf_11.js","/assets/menus-DuDySRn_.js","/assets/phoneRules-C7mPUyT8.js","/assets/phones-Dm5gLXdD.js","/assets/poster-CwmwDZA6.js","/assets/queries-Dg-eCltA.js","/assets/recentSearches-FinmntWO.js","/assets/reply-picker-Cj9mpich.css","/assets/reply-picker.module-CAK8BahL.js","/assets/rewrapOgg-Bm0DLa1P.js","/assets/shared-BlNkhDB-.js","/assets/shared-D9uYwQLa.css","/assets/stateChanges-C2pZOeu6.js","/assets/survey-DtOhVC4I.css","/assets/survey.module-x_D20cPE.js","/assets/thread-Bvq4aFzc.js","/assets/thread-CXoaCc50.js","/assets/thread-CthRAArS.css","/assets/voiceNote-CDAMQu6O.js","/assets/webpush-BzGyYJBw.js"];
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
