/** What jsdom lacks, and a clean page after each test. */
import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";

HTMLDialogElement.prototype.showModal = function showModal() {
  this.open = true;
};
HTMLDialogElement.prototype.close = function close() {
  this.open = false;
};
window.matchMedia = vi.fn((query: string) => ({ matches: false, media: query }) as MediaQueryList);

afterEach(() => {
  cleanup();
  sessionStorage.clear();
});
