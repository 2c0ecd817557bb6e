/** What Node and jsdom lack: the languages of the browser, which the catalogues and formats need, and media queries. */
import { afterEach, vi } from "vitest";

if (typeof navigator === "undefined") Object.defineProperty(globalThis, "navigator", { value: { languages: ["en"], language: "en" }, configurable: true });
if (typeof window !== "undefined") window.matchMedia = vi.fn((query: string) => ({ matches: false, media: query }) as MediaQueryList);

afterEach(() => {
  vi.useRealTimers();
});
