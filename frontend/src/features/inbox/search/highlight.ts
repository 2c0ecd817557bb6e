/** Highlights search matches, ignoring accents: in a text at the beginnings of words, in a name anywhere. */
import { digitOf } from "@/lib/phone";
import { graphemes } from "@/lib/texts";

export interface Part {
  readonly text: string;
  readonly isFound: boolean;
}

/** How many characters are shown before the first match. */
const LEAD = 24;

/** The same folding as server/text/fold.py, which finds the messages: both are tested against tests/fixtures/letters.json. */
const ALIKE = new Map(
  [
    ["ß", "ss"], ["æ", "ae"], ["œ", "oe"], ["þ", "th"], ["ð", "d"], ["đ", "d"], ["ɖ", "d"], ["ɗ", "d"], ["ø", "o"], ["ł", "l"],
    ["ı", "i"], ["ħ", "h"], ["ŋ", "n"], ["ŧ", "t"], ["ĸ", "k"], ["ƙ", "k"], ["ɓ", "b"], ["ƴ", "y"], ["ɨ", "i"], ["ɛ", "e"],
    ["ə", "e"], ["ɔ", "o"], ["ς", "σ"], ["ٱ", "ا"], ["ٲ", "ا"], ["ٳ", "ا"], ["ى", "ي"], ["ی", "ي"], ["ے", "ي"], ["ې", "ي"], ["ک", "ك"], ["ڪ", "ك"],
    ["ة", "ه"], ["ہ", "ه"], ["ھ", "ه"], ["ە", "ه"], ["ۃ", "ه"], ["ء", ""], ["ـ", ""],
  ].map(([from = "", to = ""]) => [from, to]),
);

function fold(text: string): string {
  const plain = text.normalize("NFKD").replace(/[\p{M}\p{Cf}]/gu, "").toLowerCase();
  return plain.replace(/[^ -~]/gu, (character) => ALIKE.get(character) ?? (/\p{Nd}/u.test(character) ? String(digitOf(character)) : character));
}

const termsOf = (text: string): string[] => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

export function highlight(text: string, wanted: string): Part[] {
  const beginnings = termsOf(wanted);
  const parts: Part[] = [];
  let end = 0;
  for (const { 0: term, index } of text.matchAll(/[\p{L}\p{M}\p{N}\p{Cf}]+/gu)) {
    if (!beginnings.some((beginning) => fold(term).startsWith(beginning))) continue;
    if (index > end) parts.push({ text: text.slice(end, index), isFound: false });
    parts.push({ text: term, isFound: true });
    end = index + term.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), isFound: false });
  return parts;
}

/** The same for one line: a long beginning is cut. */
export function excerpt(text: string, wanted: string): Part[] {
  const [first, ...rest] = highlight(text.replace(/\s+/g, " "), wanted);
  if (first === undefined || first.isFound || rest.length === 0 || first.text.length <= LEAD) {
    return first === undefined ? [] : [first, ...rest];
  }
  return [{ text: `…${graphemes(first.text).slice(-LEAD).join("")}`, isFound: false }, ...rest];
}

/** What people type between the digits of a phone number, which the search ignores. */
const BETWEEN_DIGITS = /[\s+().-]/gu;
const PHONE = /^\+?[\d\s().-]*\d[\d\s().-]*$/u;

/** The folded letters of a name, each with its place there. */
function foldEach(name: string, ignored: RegExp | null) {
  const letters: { readonly letter: string; readonly from: number; readonly to: number }[] = [];
  let from = 0;
  for (const grapheme of graphemes(name)) {
    const to = from + grapheme.length;
    const folded = fold(grapheme);
    for (const letter of ignored === null ? folded : folded.replace(ignored, "")) letters.push({ letter, from, to });
    from = to;
  }
  return letters;
}

/** A name or a phone number, which the search finds by any part of it. */
export function highlightName(name: string, wanted: string): Part[] {
  const text = fold(wanted.trim()).replace(/\s+/gu, " ");
  const ignored = PHONE.test(text) ? BETWEEN_DIGITS : null;
  const needle = Array.from(ignored === null ? text : text.replace(ignored, ""));
  const letters = foldEach(name, ignored);
  const at = needle.length === 0 ? -1 : letters.findIndex((_, index) => needle.every((letter, offset) => letters[index + offset]?.letter === letter));
  const [first, last] = [letters[at], letters[at + needle.length - 1]];
  if (first === undefined || last === undefined) return [{ text: name, isFound: false }];
  const parts = [
    { text: name.slice(0, first.from), isFound: false },
    { text: name.slice(first.from, last.to), isFound: true },
    { text: name.slice(last.to), isFound: false },
  ];
  return parts.filter((part) => part.text !== "");
}
