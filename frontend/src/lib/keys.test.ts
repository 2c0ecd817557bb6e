import { expect, it } from "vitest";
import { isPlainEnter, keyOf } from "./keys";

const press = (key: string, more: object = {}) => ({ key, keyCode: 13, shiftKey: false, nativeEvent: { isComposing: false }, ...more });

it.each([
  ["Enter", press("Enter"), true],
  ["Enter of the number pad on a Mac", press("Enter", { keyCode: 3 }), true],
  ["Shift+Enter", press("Enter", { shiftKey: true }), false],
  ["Enter that chooses a word in Chrome and Firefox", press("Enter", { nativeEvent: { isComposing: true }, keyCode: 229 }), false],
  ["Enter that ends a word in Safari, after compositionend", press("Enter", { keyCode: 229 }), false],
  ["Enter of an event without isComposing", press("Enter", { nativeEvent: {} }), true],
  ["another key", press("a", { keyCode: 65 }), false],
  ["a key of a phone's keyboard", press("Unidentified", { keyCode: 229 }), false],
])("knows whether %s sends", (_, event, isSending) => expect(isPlainEnter(event)).toBe(isSending));

it("ignores Escape and arrows of an input method", () => {
  expect(keyOf(press("Escape", { keyCode: 27 }))).toBe("Escape");
  expect(keyOf(press("Escape", { keyCode: 229 }))).toBe("");
  expect(keyOf(press("ArrowDown", { nativeEvent: { isComposing: true } }))).toBe("");
});
