/* Restores the session and asks for the first data while the app is still loading; src/lib/api/early.ts takes both. */
(() => {
  const LIMIT_MS = 35_000;
  const { locks } = navigator;
  if (!locks || !AbortSignal.timeout) return;

  async function ask(path, options) {
    const response = await fetch(path, { ...options, signal: AbortSignal.timeout(LIMIT_MS) });
    return { status: response.status, text: await response.text(), retryAfter: response.headers.get("Retry-After") };
  }

  /* Tabs share the refresh cookie: while another tab uses it, the app waits for its turn (src/lib/turns.ts). */
  const refresh = (lock) => lock && ask("/api/auth/refresh", { method: "POST", headers: { "X-Confab": "1" } });
  const session = locks.request("confab-session", { ifAvailable: true }, refresh).catch(() => null);

  const shown = new URLSearchParams(location.pathname.startsWith("/inbox") ? location.search : "");
  const wanted = new URLSearchParams({ limit: "40" });
  for (const name of ["account", "filter"]) if (shown.has(name)) wanted.set(name, shown.get(name));

  async function askFirst() {
    const answer = await session;
    if (answer?.status !== 200) return null;
    const { token } = JSON.parse(answer.text);
    return ask(`/api/bootstrap?${wanted}`, { headers: { Authorization: `Bearer ${token}` } });
  }

  globalThis.confabEarly = { session, first: askFirst().catch(() => null), filter: wanted.get("filter") };
})();
