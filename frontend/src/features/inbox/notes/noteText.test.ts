import { describe, expect, it } from "vitest";
import { findMention, searchUsers } from "./mentionSearch";
import { mentionedIn, splitNote } from "./noteText";

const ANA = { id: 1, name: "Ana" };
const LIMA = { id: 2, name: "Ana Lima" };
const MARKED = { id: 3, name: "José (Loja 2)" };

describe("the text of a note", () => {
  it("shows the longest name that fits, links, and everything else as it is", () => {
    const pieces = splitNote("@Ana Lima and @Ana, see www.example.com: *no* marks\n@Anabel", [ANA, LIMA]);
    expect(pieces.map(({ text }) => text).join("")).toBe("@Ana Lima and @Ana, see www.example.com: *no* marks\n@Anabel");
    expect(pieces.flatMap(({ text, userId }) => (userId === null ? [] : [[text, userId]]))).toEqual([["@Ana Lima", 2], ["@Ana", 1]]);
    expect(pieces.find(({ href }) => href !== null)?.text).toBe("www.example.com");
  });

  it("mentions whom it still names, once", () => {
    expect(mentionedIn("@Ana Lima, please", [ANA, LIMA, LIMA])).toEqual([LIMA]);
    expect(mentionedIn("hello @José (Loja 2)!", [MARKED])).toEqual([MARKED]);
    expect(mentionedIn("nobody", [ANA])).toEqual([]);
  });
});

describe("what is typed after an @", () => {
  it.each([
    ["@", 1, { from: 0, words: "" }],
    ["Hi @an", 6, { from: 3, words: "an" }],
    ["Hi @ana li", 10, { from: 3, words: "ana li" }],
    ["ana@example", 11, null],
    ["Hi @ana", 2, null],
    ["Hi", 2, null],
  ])("%s", (text, caret, found) => {
    expect(findMention(text, caret)).toEqual(found);
  });

  it("finds users by the beginning of any of their names, without accents", () => {
    expect(searchUsers([ANA, LIMA, MARKED], "jose")).toEqual([MARKED]);
    expect(searchUsers([ANA, LIMA, MARKED], "li")).toEqual([LIMA]);
    expect(searchUsers([ANA, LIMA, MARKED], "ana li")).toEqual([LIMA]);
    expect(searchUsers([ANA, LIMA, MARKED], "ana please")).toEqual([]);
    expect(searchUsers([ANA, LIMA, MARKED], "")).toHaveLength(3);
  });
});
