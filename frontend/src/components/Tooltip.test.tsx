import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { IconButton } from "./Button";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

const pass = (ms: number) => {
  act(() => {
    vi.advanceTimersByTime(ms);
  });
};
const tooltip = () => screen.queryByTestId("tooltip")?.textContent ?? null;

function open() {
  render(
    <IconButton label="Search" keys="Ctrl K">
      x
    </IconButton>,
  );
  pass(1_000);
  return screen.getByRole("button");
}

it("appears when the pointer rests on the control, and says the keys", () => {
  const button = open();
  fireEvent.pointerEnter(button, { pointerType: "mouse" });
  pass(300);
  expect(tooltip()).toBeNull();
  pass(200);
  expect(tooltip()).toBe("SearchCtrlK");
  fireEvent.pointerLeave(button);
  pass(200);
  expect(tooltip()).toBeNull();
});

it.each([
  ["Escape", () => fireEvent.keyDown(document, { key: "Escape" })],
  ["a press", () => fireEvent.pointerDown(screen.getByRole("button"))],
  ["scrolling", () => fireEvent.scroll(window)],
  ["another size of the window", () => fireEvent(window, new Event("resize"))],
])("closes on %s", (_, close) => {
  const button = open();
  fireEvent.pointerEnter(button, { pointerType: "mouse" });
  pass(500);
  close();
  pass(10);
  expect(tooltip()).toBeNull();
});

it("appears when the user moves the focus to the control, not when a dialog does", () => {
  const button = open();
  button.focus();
  pass(1_000);
  expect(tooltip()).toBeNull();
  fireEvent.keyUp(button, { key: "Tab" });
  pass(10);
  expect(tooltip()).toBe("SearchCtrlK");
  fireEvent.blur(button);
  pass(10);
  expect(tooltip()).toBeNull();
});

it("does not appear for a finger", () => {
  fireEvent.pointerEnter(open(), { pointerType: "touch" });
  pass(1_000);
  expect(tooltip()).toBeNull();
});

it("gives the control one name, and its keys to screen readers", () => {
  const button = open();
  expect(button.getAttribute("aria-label")).toBe("Search");
  expect(button.getAttribute("aria-keyshortcuts")).toBe("Control+K");
  expect(button.title).toBe("");
});
