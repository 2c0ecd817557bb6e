/** Registers the service worker (frontend/worker/sw.js), which opens the app without a network. */

import { afterPage } from "@/lib/lazyPart";

/** Asks for a newer worker this often in a tab that stays open. */
const UPDATE_MS = 60 * 60 * 1_000;

/**
 * Reports the app's files to the worker as they are loaded: what came before it controlled the page, it has not seen.
 * They may be from another origin (ASSET_URL); the worker knows from which.
 */
function reportLoaded(registration: ServiceWorkerRegistration): void {
  const observer = new PerformanceObserver((list) => {
    const paths = list.getEntries().map(({ name }) => name).filter((url) => url.includes("/assets/"));
    if (paths.length > 0) registration.active?.postMessage({ paths });
  });
  observer.observe({ type: "resource", buffered: true });
}

function onceRegistered(registration: ServiceWorkerRegistration): void {
  reportLoaded(registration);
  setInterval(() => void registration.update().catch(() => undefined), UPDATE_MS);
}

/** After the page is shown: the worker's downloads must not delay it. Browsers without workers do without. */
export function registerWorker(): void {
  // Absent on pages that were not loaded over HTTPS.
  const workers = (navigator as Partial<Navigator>).serviceWorker;
  if (workers === undefined || !import.meta.env.PROD) return;
  afterPage(async () => {
    await workers.register("/sw.js");
  });
  void workers.ready.then(onceRegistered);
}
