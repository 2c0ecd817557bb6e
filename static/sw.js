/**
 * The service worker: opens the app without a network, from what an earlier visit loaded, and shows web push.
 *
 * It caches the app's own files and nothing else: requests to the API and the socket pass it by untouched. The build
 * (scripts/serviceWorker.js) fills in the constants, so each build is another worker with a cache of its own.
 * It waits until no tab is open that may need the files of the build before: nothing here calls skipWaiting.
 */
const CACHE = `confab-${"c96e572d96bb"}`;
/** The page, under the address "/", and what it loads first. */
const FILES = ["/","/assets/rolldown-runtime-XKyaHtl9.js","/assets/vendor-BI-XZ8F3.js","/assets/first-vsuFj6o6.js"];
/** What the page loads while the browser is idle: its other pages, the thread, dialogs. */
const PARTS = ["/assets/ActionRows-Di2UJRsf.js","/assets/AuditPage-BtQdTVVL.js","/assets/AuditPage-uLE3Un3v.css","/assets/ChoiceDialog-Dw_Dyk0V.js","/assets/ChoiceDialog-OycFxNE2.js","/assets/CommandPalette-B68C_l_h.js","/assets/ConditionRows-Bg7etLgl.js","/assets/ConnectDialog-BNr3s0sy.js","/assets/ConnectDialog-D41zbgrt.css","/assets/ConnectionsPage-CGHRIuhW.css","/assets/ConnectionsPage-rr6fWoKj.js","/assets/ContactsPage-BrR9iZx1.js","/assets/Entrance-BFCku215.css","/assets/Entrance-CcZ_q3va.js","/assets/ForgotPage-Dc0b3tg7.js","/assets/HoursDialog-0mto_Vx6.css","/assets/HoursDialog-BDxGGHx0.js","/assets/ImportDialog-D9Gh6Jzg.js","/assets/LoginPage-DkeCNu7Q.js","/assets/MacrosPage-COEGkBDI.js","/assets/OutsideHours-41emYAzp.css","/assets/OutsideHours-CYVzH3L2.js","/assets/PlanDialog-DBZJ3k4G.js","/assets/PlanMenu-Ce4Icthw.js","/assets/PlannedPage-CIYU-WGp.css","/assets/PlannedPage-D6xieuDS.js","/assets/RatingsPage-DTHqBSPZ.js","/assets/RatingsPage-TI2DPR4H.css","/assets/RegisterPage-DE5ORyWg.js","/assets/ReplyPicker-DITTjbUD.js","/assets/ReportsPage-DRxEsmlg.css","/assets/ReportsPage-Dwi96Hn8.js","/assets/RulesPage-aZx3OI3t.js","/assets/SettingsPage-DaO3WasL.css","/assets/SettingsPage-ThZnTV-X.js","/assets/StatusDialog-BVzZTdpp.js","/assets/SurveyDialog-CC2NK8Ye.js","/assets/SystemPage-6MNtyhEa.js","/assets/SystemPage-BErNduc8.css","/assets/TargetMark-D-M-VK75.js","/assets/TargetMark-Dbzje6jU.css","/assets/TargetsPage-pWwU6cdN.js","/assets/UnresolvedDialog-DCXIsNq0.js","/assets/UnsubscribePage-CowtC86J.js","/assets/UsagePage-Bl53pzi2.css","/assets/UsagePage-CG0QLm5N.js","/assets/WelcomePage-By_ORIST.js","/assets/fields-B6Ud-gP-.js","/assets/fields-DYDjcnSa.css","/assets/importing-UqVg1qNI.css","/assets/importing.module-B98Hno9x.js","/assets/inbox-C7z4UTzE.js","/assets/inbox-CfUutMlw.js","/assets/inbox-DqhFHxFc.css","/assets/later-C_7OHtCU.js","/assets/later-DvTpuOuY.js","/assets/live-B4GFcyQy.js","/assets/live-Cu4lfDdi.css","/assets/live-DfIBj0cM.js","/assets/menus--GSSut0E.css","/assets/menus-DBMNofEl.js","/assets/menus-RExPxNqc.js","/assets/phoneRules-C7mPUyT8.js","/assets/phones-Dm5gLXdD.js","/assets/poster-CdlLG7cW.js","/assets/queries-xmAdLnJE.js","/assets/recentSearches-CRJc_ooZ.js","/assets/reply-picker-Cj9mpich.css","/assets/reply-picker.module-CAK8BahL.js","/assets/rewrapOgg-Bm0DLa1P.js","/assets/shared-D9uYwQLa.css","/assets/shared-DMCPNwRT.js","/assets/stateChanges-C6uFYi0J.js","/assets/survey-DtOhVC4I.css","/assets/survey.module-x_D20cPE.js","/assets/thread-CthRAArS.css","/assets/thread-D7QayjTp.js","/assets/thread-UjHYQXNA.js","/assets/voiceNote-CDAMQu6O.js","/assets/webpush-BL-V1WfN.js"];
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
