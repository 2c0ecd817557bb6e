/** What jsdom lacks, and a clean page after each test: the next file uses the same modules. */
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// Beside other work the machine may take longer than the second of the library.
configure({ asyncUtilTimeout: 15_000 });

HTMLDialogElement.prototype.showModal = function showModal() {
  this.open = true;
};
HTMLDialogElement.prototype.close = function close() {
  this.open = false;
};
HTMLElement.prototype.showPopover = function showPopover() {
  this.style.display = "block";
};
// It has no layout: nothing changes its size, and nothing scrolls.
HTMLElement.prototype.scrollIntoView = () => undefined;
window.ResizeObserver = class implements ResizeObserver {
  observe = () => undefined;
  unobserve = () => undefined;
  disconnect = () => undefined;
};
window.matchMedia = vi.fn((query: string) => ({ matches: false, media: query }) as MediaQueryList);

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  sessionStorage.clear();
  localStorage.clear();
  window.history.replaceState(null, "", "/");
});
