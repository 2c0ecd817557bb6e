/**
 * The service worker: opens the app without a network, from what an earlier visit loaded, and shows web push.
 *
 * It caches the app's own files and nothing else: requests to the API and the socket pass it by untouched. The build
 * (scripts/serviceWorker.js) fills in the constants, so each build is another worker with a cache of its own.
 * It waits until no tab is open that may need the files of the build before: nothing here calls skipWaiting.
 */
/** Where the files are whose names change with their content. The server puts ASSET_URL in front of each "/assets/". */
const ASSETS = new URL("/assets/", self.location).href;
const CACHE = `confab-${"f0e4b7419f04"}-${ASSETS}`;
/** The page, under the address "/", and what it loads first. */
const FILES = ["/","/assets/rolldown-runtime-XKyaHtl9.js","/assets/vendor-BI-XZ8F3.js","/assets/first-CcnsoH28.js"];
/** What the page loads while the browser is idle: its other pages, the thread, dialogs. */
const PARTS = ["/assets/ActionRows-BJhnEvED.js","/assets/AuditPage-T3o6P0b8.js","/assets/AuditPage-uLE3Un3v.css","/assets/ChoiceDialog-BmzeSYkE.js","/assets/ChoiceDialog-C5ZTO1nk.js","/assets/CommandPalette-7aCYSN6-.js","/assets/ConditionRows-D15Pn3e9.js","/assets/ConnectDialog-BA1C6MDj.js","/assets/ConnectDialog-D41zbgrt.css","/assets/ConnectionsPage-BNJQKse8.js","/assets/ConnectionsPage-CGHRIuhW.css","/assets/ContactsPage-D7cVX1oC.js","/assets/Entrance-B9e_lu1z.js","/assets/Entrance-BFCku215.css","/assets/ForgotPage-D059B27s.js","/assets/HoursDialog-BCSBFLSL.js","/assets/HoursDialog-BSvtEr-q.css","/assets/ImportDialog-szpCZqAk.js","/assets/LoginPage-0hoQ9X7G.js","/assets/MacrosPage-sPQfr0_m.js","/assets/OutsideHours-41emYAzp.css","/assets/OutsideHours-LMAO2Tau.js","/assets/PlanDialog-BjjzyMV-.js","/assets/PlanMenu-CHQiMYfw.js","/assets/PlannedPage-CIYU-WGp.css","/assets/PlannedPage-DV9Lj3CY.js","/assets/RatingsPage-DZHbICHG.js","/assets/RatingsPage-TI2DPR4H.css","/assets/RegisterPage-DBGueGL0.js","/assets/ReplyPicker-DVp_yyI6.js","/assets/ReportsPage-BGs3GW1f.js","/assets/ReportsPage-CnqQyNYX.css","/assets/RulesPage-BUvwRIMh.js","/assets/SettingsPage-ByMmLexk.js","/assets/SettingsPage-dVBIOiDa.css","/assets/StatusDialog-BJU1GgYu.js","/assets/SurveyDialog-CMnwKNpr.js","/assets/SystemPage-B_M1z9Ka.css","/assets/SystemPage-eVVi1wdX.js","/assets/TargetMark-Dbzje6jU.css","/assets/TargetMark-DkUvHI2O.js","/assets/TargetsPage-hHv99R4e.js","/assets/UnresolvedDialog-9HbdjWXv.js","/assets/UnsubscribePage-BYbEVIfQ.js","/assets/UsagePage-BgVQ6UCm.css","/assets/UsagePage-Vgveqc_L.js","/assets/WelcomePage-QvSuHAo9.js","/assets/fields-B73ptwyi.css","/assets/fields-Db88ismt.js","/assets/importing-CesszYlb.css","/assets/importing.module-C0dwM-4o.js","/assets/inbox-BRaGs5c7.css","/assets/inbox-CQ0yjh2Z.js","/assets/inbox-D4oka2Fq.js","/assets/later-C_7OHtCU.js","/assets/later-Ci-qtVCu.js","/assets/live-C3sXZyr5.js","/assets/live-Cu4lfDdi.css","/assets/live-jn8MgaDC.js","/assets/menus--GSSut0E.css","/assets/menus-CFlqdGDA.js","/assets/menus-w7WTNibY.js","/assets/phoneRules-C7mPUyT8.js","/assets/phones-Dm5gLXdD.js","/assets/poster-C_qQlbkA.js","/assets/queries-B2VOx14b.js","/assets/recentSearches-BJd1p6vA.js","/assets/reply-picker-Cj9mpich.css","/assets/reply-picker.module-CAK8BahL.js","/assets/rewrapOgg-Bm0DLa1P.js","/assets/shared-B6_TM2l4.css","/assets/shared-QiPCLfVA.js","/assets/stateChanges-r6y_5F5P.js","/assets/survey-TZGIS_6k.css","/assets/survey.module-CmWH1xVo.js","/assets/thread-Bxpg2l-U.css","/assets/thread-CEzAmOa4.js","/assets/thread-D20mkoai.js","/assets/voiceNote-CDAMQu6O.js","/assets/webpush-BEPk-df9.js"];
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
