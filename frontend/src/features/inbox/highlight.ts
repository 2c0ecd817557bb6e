/** The parts of a text that a search has found, by the beginnings of words and whatever the accents. */
import { graphemes } from "@/lib/texts";

export interface Part {
  readonly text: string;
  readonly isFound: boolean;
}

/** So much is shown before the first find. */
const LEAD = 24;

const fold = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const wordsOf = (text: string): string[] => fold(text).match(/[\p{L}\p{N}_]+/gu) ?? [];

export function highlight(text: string, wanted: string): Part[] {
  const beginnings = wordsOf(wanted);
  const parts: Part[] = [];
  let end = 0;
  for (const { 0: word, index } of text.matchAll(/[\p{L}\p{M}\p{N}_]+/gu)) {
    if (!beginnings.some((beginning) => fold(word).startsWith(beginning))) continue;
    if (index > end) parts.push({ text: text.slice(end, index), isFound: false });
    parts.push({ text: word, isFound: true });
    end = index + word.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), isFound: false });
  return parts;
}

/** The same for one line: a long beginning is left out. */
export function excerpt(text: string, wanted: string): Part[] {
  const [first, ...rest] = highlight(text.replace(/\s+/g, " "), wanted);
  if (first === undefined || first.isFound || rest.length === 0 || first.text.length <= LEAD) {
    return first === undefined ? [] : [first, ...rest];
  }
  return [{ text: `…${graphemes(first.text).slice(-LEAD).join("")}`, isFound: false }, ...rest];
}
