import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { firstName, graphemes, isBlank, isEmoji, isName, isolate } from "./texts";

interface Table {
  readonly blank: readonly [string, boolean][];
  readonly names: readonly [string, string | null][];
  readonly isolated: readonly [string, string][];
  readonly emoji: readonly [string, boolean][];
}

/** The server's implementation is tested against the same table. */
const table = JSON.parse(readFileSync(resolve(process.cwd(), "../tests/fixtures/texts.json"), "utf8")) as Table;
const escaped = (text: string) => JSON.stringify(text).replace(/[^ -~]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);

describe("the table shared by page and server", () => {
  it.each(table.blank.map(([text, wanted]) => [escaped(text), text, wanted] as const))("blank or not: %s", (_, text, wanted) => {
    expect(isBlank(text)).toBe(wanted);
  });

  it.each(table.names.map(([reported, shown]) => [escaped(reported), reported, shown] as const))("a name or not: %s", (_, reported, shown) => {
    expect(isName(reported)).toBe(shown !== null);
    if (shown !== null) expect(isName(shown)).toBe(true);
  });

  it.each(table.isolated.map(([name, wanted]) => [escaped(name), name, wanted] as const))("isolates %s", (_, name, wanted) => {
    expect(isolate(name)).toBe(wanted);
  });

  it.each(table.emoji.map(([text, wanted]) => [escaped(text), text, wanted] as const))("an emoji or not: %s", (_, text, wanted) => {
    expect(isEmoji(text)).toBe(wanted);
  });
});

it("takes no blank, number or WhatsApp id for a name", () => {
  expect(firstName("\u3164", "+55 11 98888-0000", "1@lid", "Bia")).toBe("Bia");
  expect(firstName(null, undefined, ".")).toBeNull();
});

describe("characters without a segmenter", () => {
  const plain = [[0x20, 0x7e], [0xa0, 0x2ff]].flatMap(([from = 0, to = 0]) => Array.from({ length: to - from + 1 }, (_, n) => String.fromCodePoint(from + n)));
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const segmented = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment);

  it("are those that it would find, in any neighbourhood", () => {
    const pairs = plain.map((one, index) => one + (plain[(index * 131 + 7) % plain.length] ?? "") + one);
    for (const text of [...pairs, plain.join("")]) expect(graphemes(text)).toEqual(segmented(text));
  });

  it.each(["e\u0301", "\u270b\ud83c\udffd", "\ud83d\udc69\u200d\ud83d\udcbb", "\u0915\u094d\u0937", "\r\n", "\u00a9\ufe0f"])("are not taken from %j", (text) => expect(graphemes(text)).toEqual(segmented(text)));
});
