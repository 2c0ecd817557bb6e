/** Shortcuts are shown as printed on a keyboard. */
import { expect, it } from "vitest";
import { printKeys, printShortcut } from "./describe";

it.each([
  ["j", ["J"]],
  ["?", ["?"]],
  ["/", ["/"]],
  ["+", ["+"]],
  ["Ctrl++", ["Ctrl +"]],
  ["Ctrl+k", ["Ctrl K"]],
  ["Shift+Enter", ["Shift Enter"]],
  ["Escape", ["Esc"]],
  ["ArrowDown", ["↓"]],
  ["g i", ["G", "I"]],
])("%s is printed as %j", (shortcut, printed) => {
  expect(printShortcut(shortcut)).toEqual(printed);
  expect(printKeys(shortcut)).toBe(printed.join(" "));
});
