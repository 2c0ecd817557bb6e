/** How well a line of the palette matches the typed text. */

const DIACRITICS = /\p{M}/gu;

const fold = (text: string): string => text.normalize("NFKD").replace(DIACRITICS, "").toLowerCase();
const wordsOf = (text: string): readonly string[] => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** Values with this prefix were found by the server: they match, in whatever way. */
export const FOUND = "found.";

const FOUND_SCORE = 0.3;
const BEGINNING = 1;
const WORDS = 0.8;
const KEYWORD = 0.5;

const isIn = (words: readonly string[], wanted: readonly string[]): boolean =>
  wanted.every((part) => words.some((word) => word.startsWith(part)));

/** From 0, hidden, to 1. Every word typed has to begin a word of the label or of the other keywords; the order is free. */
export function rank(value: string, typed: string, [label = "", ...others]: readonly string[] = []): number {
  const wanted = wordsOf(typed);
  if (wanted.length > 0) {
    if (wordsOf(label).join(" ").startsWith(wanted.join(" "))) return BEGINNING;
    if (isIn(wordsOf(label), wanted)) return WORDS;
    if (isIn([label, ...others].flatMap(wordsOf), wanted)) return KEYWORD;
  }
  return value.startsWith(FOUND) ? FOUND_SCORE : 0;
}
