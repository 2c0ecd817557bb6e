/**
 * The service worker: opens the app without a network, from what an earlier visit loaded, and shows web push.
 *
 * It caches the app's own files and nothing else: requests to the API and the socket pass it by untouched. The build
 * (scripts/serviceWorker.js) fills in the constants, so each build is another worker with a cache of its own.
 * It waits until no tab is open that may need the files of the build before: nothing here calls skipWaiting.
 */
/** Where the files are whose names change with their content. The server puts ASSET_URL in front of each "/assets/". */
const ASSETS = new URL("/assets/", self.location).href;
const CACHE = `confab-${"2e88ff94a448"}-${ASSETS}`;
/** The page, under the address "/", and what it loads first. */
const FILES = ["/","/assets/rolldown-runtime-XKyaHtl9.js","/assets/vendor-BI-XZ8F3.js","/assets/first-DfPD6Crb.js"];
/** What the page loads while the browser is idle: its other pages, the thread, dialogs. */
const PARTS = ["/assets/ActionRows-rwCiOAKs.js","/assets/AuditPage-BvzFplUn.js","/assets/AuditPage-uLE3Un3v.css","/assets/ChoiceDialog-Dgab5nHk.js","/assets/ChoiceDialog-Dtu53fe4.js","/assets/CommandPalette-BpoxButg.js","/assets/ConditionRows-BtIJX4-3.js","/assets/ConnectDialog-D41zbgrt.css","/assets/ConnectDialog-DSH_K4ux.js","/assets/ConnectionsPage-Bfv0TY5y.js","/assets/ConnectionsPage-CGHRIuhW.css","/assets/ContactsPage-BHmMBXBb.js","/assets/Entrance-BFCku215.css","/assets/Entrance-DpLGNYNV.js","/assets/ForgotPage-4Yb00B02.js","/assets/HoursDialog-BSvtEr-q.css","/assets/HoursDialog-zxmGmf87.js","/assets/ImportDialog-D5Qu9Uyu.js","/assets/LoginPage-BXinG_9L.js","/assets/MacrosPage-DumfEapV.js","/assets/OutsideHours-41emYAzp.css","/assets/OutsideHours-pc8L5smM.js","/assets/PlanDialog-DPymRUqS.js","/assets/PlanMenu-CfzoDrSJ.js","/assets/PlannedPage-CIYU-WGp.css","/assets/PlannedPage-D7Z1Ng8k.js","/assets/RatingsPage-TI2DPR4H.css","/assets/RatingsPage-n7GksgUR.js","/assets/RegisterPage-D8zYzS_j.js","/assets/ReplyPicker-ByelYcSD.js","/assets/ReportsPage-BwSAHGHh.js","/assets/ReportsPage-CnqQyNYX.css","/assets/RulesPage-DYcIxcJQ.js","/assets/SettingsPage-BNRWPnsp.js","/assets/SettingsPage-dVBIOiDa.css","/assets/StatusDialog-Ch-W67TS.js","/assets/SurveyDialog-DxlFpGVH.js","/assets/SystemPage-B_M1z9Ka.css","/assets/SystemPage-DR_0zw4B.js","/assets/TargetMark-C-xOkbJC.js","/assets/TargetMark-Dbzje6jU.css","/assets/TargetsPage-DlfO1Vhp.js","/assets/UnresolvedDialog-BgzWpTsc.js","/assets/UnsubscribePage-B42DLU-1.js","/assets/UsagePage-BeYX2pRF.js","/assets/UsagePage-BgVQ6UCm.css","/assets/WelcomePage-C3daHChn.js","/assets/fields-B73ptwyi.css","/assets/fields-CJ0Xki_P.js","/assets/importing-CesszYlb.css","/assets/importing.module-C0dwM-4o.js","/assets/inbox-BRaGs5c7.css","/assets/inbox-CEuqGbH6.js","/assets/inbox-xekp8J3B.js","/assets/later-C_7OHtCU.js","/assets/later-Ci-qtVCu.js","/assets/live-B5iFr4NQ.js","/assets/live-Cu4lfDdi.css","/assets/live-RNBfoGkh.js","/assets/menus--GSSut0E.css","/assets/menus-BKRcUlfi.js","/assets/menus-H7U552Q8.js","/assets/phoneRules-C7mPUyT8.js","/assets/phones-Dm5gLXdD.js","/assets/poster-Dm3GaJa3.js","/assets/queries-B7sWVZWx.js","/assets/recentSearches-BpnNbR_q.js","/assets/reply-picker-Cj9mpich.css","/assets/reply-picker.module-CAK8BahL.js","/assets/rewrapOgg-Bm0DLa1P.js","/assets/shared-B6_TM2l4.css","/assets/shared-BRLlILw0.js","/assets/stateChanges-CyTxPQZc.js","/assets/survey-TZGIS_6k.css","/assets/survey.module-CmWH1xVo.js","/assets/thread-Bxpg2l-U.css","/assets/thread-C6vetYHr.js","/assets/thread-DYlkDGX9.js","/assets/voiceNote-CDAMQu6O.js","/assets/webpush-Dq7hPgi6.js"];
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
