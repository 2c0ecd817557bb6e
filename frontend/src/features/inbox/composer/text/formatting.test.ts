import { describe, expect, it } from "vitest";
import type { TextChange } from "./change";
import type { Format } from "@/lib/formatKeys";
import { formatOf, toggleFormat } from "./formatting";

/** "a [b] c": the brackets are the selection, "|" is the caret. */
function parse(shown: string): [string, number, number] {
  if (shown.includes("|")) {
    const at = shown.indexOf("|");
    return [shown.replace("|", ""), at, at];
  }
  const start = shown.indexOf("[");
  return [shown.replace("[", "").replace("]", ""), start, shown.indexOf("]") - 1];
}

function show(text: string, { from, to, insert, selection: [start, end] }: TextChange): string {
  const changed = text.slice(0, from) + insert + text.slice(to);
  if (start === end) return `${changed.slice(0, start)}|${changed.slice(start)}`;
  return `${changed.slice(0, start)}[${changed.slice(start, end)}]${changed.slice(end)}`;
}

describe("a format key", () => {
  it.each<[string, Format, string, string]>([
    ["marks a word", "bold", "so [very] good", "so [*very*] good"],
    ["removes selected marks", "bold", "so [*very*] good", "so [very] good"],
    ["removes marks around the selection", "italic", "so _[very]_ good", "so [very] good"],
    ["leaves blanks outside", "strike", "so[ very ]good", "so[ ~very~ ]good"],
    ["marks each line", "bold", "[one\n\ntwo]", "[*one*\n\n*two*]"],
    ["marks code as one block", "mono", "[a = 1\nb = 2]", "[```a = 1\nb = 2```]"],
    ["sets a pair at the caret", "bold", "so |", "so *|*"],
    ["removes an empty pair", "mono", "so ```|```", "so |"],
    ["keeps another mark inside", "italic", "[*very*]", "[_*very*_]"],
  ])("%s", (_, format, before, after) => {
    const [text, start, end] = parse(before);
    expect(show(text, toggleFormat(text, start, end, format))).toBe(after);
  });

  const press = (key: string, fields: object = {}) => ({ key, shiftKey: false, ctrlKey: true, metaKey: false, altKey: false, ...fields });

  it.each([
    ["Ctrl+B", press("b"), "bold"],
    ["Cmd+B", press("b", { ctrlKey: false, metaKey: true }), "bold"],
    ["Ctrl+B with Caps Lock", press("B"), "bold"],
    ["Ctrl+I", press("i"), "italic"],
    ["Ctrl+Shift+X", press("X", { shiftKey: true }), "strike"],
    ["Ctrl+E", press("e"), "mono"],
    ["Ctrl+X, which cuts", press("x"), null],
    ["Ctrl+B on a Cyrillic layout", press("и", { code: "KeyB" }), "bold"],
    ["Ctrl+Shift+X on a Greek layout", press("Χ", { code: "KeyX", shiftKey: true }), "strike"],
    ["Ctrl+Q on a layout that has an A in its place", press("a", { code: "KeyQ" }), null],
    ["B alone", press("b", { ctrlKey: false }), null],
    ["Ctrl+Alt+E, which types € on some keyboards", press("e", { altKey: true }), null],
    ["Ctrl+Shift+B", press("B", { shiftKey: true }), null],
  ])("%s", (_, event, format) => expect(formatOf(event)).toBe(format));
});
