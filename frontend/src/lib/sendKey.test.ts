// @vitest-environment jsdom
import { afterEach, expect, it, vi } from "vitest";
import { chooseSendKey, isSending, readSendKey } from "./sendKey";

afterEach(() => localStorage.clear());

const enter = (fields: object = {}, native: object = {}) => ({
  key: "Enter",
  keyCode: 13,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...fields,
  nativeEvent: native,
});

it.each([
  ["Enter", enter(), true, false],
  ["Ctrl+Enter", enter({ ctrlKey: true }), true, true],
  ["Cmd+Enter", enter({ metaKey: true }), true, true],
  ["Shift+Enter", enter({ shiftKey: true }), false, false],
  ["Alt+Enter", enter({ altKey: true }), false, false],
  ["Ctrl+Shift+Enter", enter({ ctrlKey: true, shiftKey: true }), false, false],
  ["another key", enter({ key: "a" }), false, false],
  ["Enter of an input method in Chrome and Firefox", enter({ keyCode: 229 }, { isComposing: true }), false, false],
  ["Enter of an input method in Safari, after compositionend", enter({ keyCode: 229 }, { isComposing: false }), false, false],
  ["Ctrl+Enter of an input method", enter({ keyCode: 229, ctrlKey: true }, { isComposing: true }), false, false],
])("%s", (_, event, withEnter, withCtrlEnter) => {
  expect(isSending(event, "enter")).toBe(withEnter);
  expect(isSending(event, "ctrlEnter")).toBe(withCtrlEnter);
});

it("sends with Enter unless the user chose otherwise", () => {
  expect(readSendKey()).toBe("enter");
  chooseSendKey("ctrlEnter");
  expect(readSendKey()).toBe("ctrlEnter");
});

it("starts a new line with Enter on a touch screen, whose keyboard has no Shift+Enter", () => {
  vi.spyOn(window, "matchMedia").mockReturnValue({ matches: true } as MediaQueryList);
  expect(readSendKey()).toBe("ctrlEnter");
});
