/**
 * The service worker: opens the app without a network, from what an earlier visit loaded, and shows web push.
 *
 * It caches the app's own files and nothing else: requests to the API and the socket pass it by untouched. The build
 * (scripts/serviceWorker.js) fills in the constants, so each build is another worker with a cache of its own.
 * It waits until no tab is open that may need the files of the build before: nothing here calls skipWaiting.
 */
/** Where the files are whose names change with their content. The server puts ASSET_URL in front of each "/assets/". */
const ASSETS = new URL("/assets/", self.location).href;
const CACHE = `confab-${"d2eebbc9a255"}-${ASSETS}`;
/** The page, under the address "/", and what it loads first. */
const FILES = ["/","/assets/rolldown-runtime-XKyaHtl9.js","/assets/vendor-BI-XZ8F3.js","/assets/first-DLVXBPs6.js"];
/** What the page loads while the browser is idle: its other pages, the thread, dialogs. */
const PARTS = ["/assets/ActionRows-RqT8C4LQ.js","/assets/AuditPage-BB_YATBc.js","/assets/AuditPage-uLE3Un3v.css","/assets/ChoiceDialog-B0KG2FGg.js","/assets/ChoiceDialog-CmE61G3y.js","/assets/CommandPalette-DAZUw-bs.js","/assets/ConditionRows-prgYjwz8.js","/assets/ConnectDialog-BnPsG-X-.js","/assets/ConnectDialog-D41zbgrt.css","/assets/ConnectionsPage-CGHRIuhW.css","/assets/ConnectionsPage-CXD86tbP.js","/assets/ContactsPage-BGda4G5Y.js","/assets/Entrance-BFCku215.css","/assets/Entrance-DEZ5zNAW.js","/assets/ForgotPage-h5lNGB2i.js","/assets/HoursDialog-BSvtEr-q.css","/assets/HoursDialog-C_ZD1vZo.js","/assets/ImportDialog-0RkjYZvz.js","/assets/LoginPage-CrA70k8Q.js","/assets/MacrosPage-C1VZTCpL.js","/assets/OutsideHours-41emYAzp.css","/assets/OutsideHours-Bp2fvaNf.js","/assets/PlanDialog-CHtmZqBG.js","/assets/PlanMenu-CauradIl.js","/assets/PlannedPage-BKPxTuzO.js","/assets/PlannedPage-CIYU-WGp.css","/assets/RatingsPage-C95-pzwk.js","/assets/RatingsPage-TI2DPR4H.css","/assets/RegisterPage-BAVg0rSl.js","/assets/ReplyPicker-DamHqT6t.js","/assets/ReportsPage-CnqQyNYX.css","/assets/ReportsPage-D4S6pZHb.js","/assets/RulesPage-Cgx8KIEo.js","/assets/SettingsPage-BBkJtIid.js","/assets/SettingsPage-dVBIOiDa.css","/assets/StatusDialog-Co0Q3rj1.js","/assets/SurveyDialog-BhEvEVCM.js","/assets/SystemPage-B_M1z9Ka.css","/assets/SystemPage-CEzIeGLD.js","/assets/TargetMark-ByN2NP-d.js","/assets/TargetMark-Dbzje6jU.css","/assets/TargetsPage-dbuM_7LR.js","/assets/UnresolvedDialog-DoQK3BAW.js","/assets/UnsubscribePage-wMkJIXJW.js","/assets/UsagePage-06jOsscx.js","/assets/UsagePage-BgVQ6UCm.css","/assets/WelcomePage-DRLQ_hlW.js","/assets/fields-B73ptwyi.css","/assets/fields-DjjVVElV.js","/assets/importing-CesszYlb.css","/assets/importing.module-C0dwM-4o.js","/assets/inbox-BRaGs5c7.css","/assets/inbox-CDZj9fdF.js","/assets/inbox-Dzb4kRwp.js","/assets/later-C_7OHtCU.js","/assets/later-CuM-oR6c.js","/assets/live-CV8W61gy.js","/assets/live-Cu4lfDdi.css","/assets/live-gOCrfxoi.js","/assets/menus--GSSut0E.css","/assets/menus-D-IfyOLJ.js","/assets/menus-D66GQ26z.js","/assets/phoneRules-C7mPUyT8.js","/assets/phones-Dm5gLXdD.js","/assets/poster-BoSlW4fh.js","/assets/queries-CAEoc40_.js","/assets/recentSearches-CtEaoTsE.js","/assets/reply-picker-Cj9mpich.css","/assets/reply-picker.module-CAK8BahL.js","/assets/rewrapOgg-Bm0DLa1P.js","/assets/shared-B6_TM2l4.css","/assets/shared-Dv7wdDyS.js","/assets/stateChanges-DUgnhzAN.js","/assets/survey-TZGIS_6k.css","/assets/survey.module-CmWH1xVo.js","/assets/thread-Bn3yd9nu.js","/assets/thread-Bxpg2l-U.css","/assets/thread-DqyY4PWC.js","/assets/voiceNote-CDAMQu6O.js","/assets/webpush-d766GFo2.js"];
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
