/** Removes the service worker and its caches: served as /sw.js in its place (docs/operations.md). */
async function remove() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("confab-")).map((name) => caches.delete(name)));
  await self.registration.unregister();
}

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(remove()));
