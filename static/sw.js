/**
 * The service worker: opens the app without a network, from what an earlier visit loaded, and shows web push.
 *
 * It caches the app's own files and nothing else: requests to the API and the socket pass it by untouched. The build
 * (scripts/serviceWorker.js) fills in the constants, so each build is another worker with a cache of its own.
 * It waits until no tab is open that may need the files of the build before: nothing here calls skipWaiting.
 */
/** Where the files are whose names change with their content. The server puts ASSET_URL in front of each "/assets/". */
const ASSETS = new URL("/assets/", self.location).href;
const CACHE = `confab-${"9fc300300365"}-${ASSETS}`;
/** The page, under the address "/", and what it loads first. */
const FILES = ["/","/assets/rolldown-runtime-XKyaHtl9.js","/assets/vendor-BI-XZ8F3.js","/assets/first-DrPZUaRj.js"];
/** What the page loads while the browser is idle: its other pages, the thread, dialogs. */
const PARTS = ["/assets/ActionRows-goriE1SZ.js","/assets/AuditPage-C-dF8IZ0.js","/assets/AuditPage-uLE3Un3v.css","/assets/ChoiceDialog-BcuHTQi6.js","/assets/ChoiceDialog-Be0ixQfT.js","/assets/CommandPalette-D2PpgLSY.js","/assets/ConditionRows-Cokv49Ni.js","/assets/ConnectDialog--b_1uGcW.js","/assets/ConnectDialog-D41zbgrt.css","/assets/ConnectionsPage-BcPWBFWn.js","/assets/ConnectionsPage-CGHRIuhW.css","/assets/ContactsPage-BCgF_JBZ.js","/assets/Entrance-BFCku215.css","/assets/Entrance-qcUzDf0j.js","/assets/ForgotPage-D_OgsqFW.js","/assets/HoursDialog-0mto_Vx6.css","/assets/HoursDialog-DqfANst6.js","/assets/ImportDialog-Bs9Rwsoh.js","/assets/LoginPage-eP0-vaou.js","/assets/MacrosPage-DAJL_6EM.js","/assets/OutsideHours-41emYAzp.css","/assets/OutsideHours-BKUdi3G7.js","/assets/PlanDialog-DFEKxmKz.js","/assets/PlanMenu-BogdBqlK.js","/assets/PlannedPage-BGMRnfsP.js","/assets/PlannedPage-CIYU-WGp.css","/assets/RatingsPage-Duc4EsF3.js","/assets/RatingsPage-TI2DPR4H.css","/assets/RegisterPage-CrcWFkqT.js","/assets/ReplyPicker-CZPm1I51.js","/assets/ReportsPage-CMh_9bFt.js","/assets/ReportsPage-DRxEsmlg.css","/assets/RulesPage-Cn67S6nA.js","/assets/SettingsPage-CTHBbN2L.js","/assets/SettingsPage-DaO3WasL.css","/assets/StatusDialog-D8yDx8f7.js","/assets/SurveyDialog-Bo5VW2XQ.js","/assets/SystemPage-BErNduc8.css","/assets/SystemPage-CGFMl2Bo.js","/assets/TargetMark-Dbzje6jU.css","/assets/TargetMark-WrhVfnNO.js","/assets/TargetsPage-C1khgz1Z.js","/assets/UnresolvedDialog-BnJMdhQf.js","/assets/UnsubscribePage-_8-kc0nR.js","/assets/UsagePage-Bkrddq8q.js","/assets/UsagePage-Bl53pzi2.css","/assets/WelcomePage-qUXFhvpv.js","/assets/fields-CNR31iYi.js","/assets/fields-DYDjcnSa.css","/assets/importing-CZzNg1_r.css","/assets/importing.module-aAysjBjl.js","/assets/inbox-B-n73Ut_.js","/assets/inbox-BmN9cJzX.js","/assets/inbox-DqhFHxFc.css","/assets/later-BgnMtOuj.js","/assets/later-C_7OHtCU.js","/assets/live-Cu4lfDdi.css","/assets/live-DC-pSKsC.js","/assets/live-m3AMySHP.js","/assets/menus--GSSut0E.css","/assets/menus-DRoES5TS.js","/assets/menus-MAhkboyf.js","/assets/phoneRules-C7mPUyT8.js","/assets/phones-Dm5gLXdD.js","/assets/poster-BSW_Dt-3.js","/assets/queries-5GjuCGXe.js","/assets/recentSearches-CgjEOEB1.js","/assets/reply-picker-Cj9mpich.css","/assets/reply-picker.module-CAK8BahL.js","/assets/rewrapOgg-Bm0DLa1P.js","/assets/shared-B-pYan6G.js","/assets/shared-D08N3wco.css","/assets/stateChanges-BNFKi_-V.js","/assets/survey-DtOhVC4I.css","/assets/survey.module-x_D20cPE.js","/assets/thread-CthRAArS.css","/assets/thread-D4aRuylN.js","/assets/thread-DOQ50Xx0.js","/assets/voiceNote-CDAMQu6O.js","/assets/webpush-D7neR2Wi.js"];
const PAGE = "/";
/** The server's own addresses, as in server/routes. */
const SERVER = /^\/(?:api(?:\/|$)|ws$|health|metrics$)/;

/** Whether the file's name changes with its content. */
const isHashed = (url) => url.startsWith(ASSETS);

const absolute = (path) => new URL(path, self.location).href;
const inAssets = (paths) => paths.map(absolute).filter(isHashed);

/** Fails, to be tried again later, while a deployment is under way and another instance answers with another build. */
async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll([...FILES, ...PARTS].map((path) => new Request(path, { cache: isHashed(absolute(path)) ? "default" : "no-cache" })));
  const page = await (await cache.match(PAGE)).text();
  const isComplete = FILES.filter((path) => isHashed(absolute(path))).every((path) => page.includes(path));
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
  if (method !== "GET") return undefined;
  if (isHashed(url)) return fromCache(event.request);
  if (origin !== self.location.origin || SERVER.test(pathname)) return undefined;
  if (FILES.includes(pathname) && pathname !== PAGE) return fromNetwork(event.request, pathname);
  return mode === "navigate" ? fromNetwork(event.request, PAGE, event.preloadResponse) : undefined;
}

/** What a page loaded while this worker did not control it yet: its language, its font. */
async function cacheLoaded(paths) {
  for (const path of inAssets(paths)) {
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
