import { expect, it } from "vitest";
import { keyOf } from "./keys";

const press = (key: string, more: object = {}) => ({ key, keyCode: 13, shiftKey: false, nativeEvent: { isComposing: false }, ...more });

it.each([
  ["Enter", press("Enter"), "Enter"],
  ["Enter of the number pad on a Mac", press("Enter", { keyCode: 3 }), "Enter"],
  ["Enter that chooses a word in Chrome and Firefox", press("Enter", { nativeEvent: { isComposing: true }, keyCode: 229 }), ""],
  ["Enter that ends a word in Safari, after compositionend", press("Enter", { keyCode: 229 }), ""],
  ["Enter of an event without isComposing", press("Enter", { nativeEvent: {} }), "Enter"],
  ["a key of a phone's keyboard", press("Unidentified", { keyCode: 229 }), ""],
  ["Escape", press("Escape", { keyCode: 27 }), "Escape"],
  ["Escape of an input method", press("Escape", { keyCode: 229 }), ""],
  ["an arrow of an input method", press("ArrowDown", { nativeEvent: { isComposing: true } }), ""],
])("reads %s", (_, event, key) => expect(keyOf(event)).toBe(key));
