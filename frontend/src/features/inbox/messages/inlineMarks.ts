/** Bold, italic and struck-through text within one line: which of its marker characters form a pair. */
import type { Mark } from "./tokens";

const MARKS: Readonly<Record<string, Mark>> = { "*": "bold", _: "italic", "~": "strike" };

/** Letters of scripts that separate words with blanks, and digits: within such a word nothing is formatted. */
const WORD = /[\p{L}\p{N}\p{M}]/u;
const NO_WORD = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\ufe0e\ufe0f\u20e3]/u;

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A formatted range, with its one-character markers at both ends. */
export interface Marked extends Range {
  readonly mark: Mark;
}

function characterBefore(line: string, at: number): string {
  const isPair = at >= 2 && /[\udc00-\udfff]/.test(line.charAt(at - 1));
  return line.slice(at - (isPair ? 2 : 1), at);
}

const characterAt = (line: string, at: number): string => (at < line.length ? String.fromCodePoint(line.codePointAt(at) ?? 0) : "");

const isWord = (character: string): boolean => WORD.test(character) && !NO_WORD.test(character);

const isBlank = (character: string): boolean => character === "" || /\s/u.test(character);

/** A marker opens before a visible character and not within a word. */
export function canOpen(line: string, at: number): boolean {
  const next = characterAt(line, at + 1);
  return !isBlank(next) && next !== line.charAt(at) && (at === 0 || !isWord(characterBefore(line, at)));
}

/** A marker closes after a visible character and not within a word. */
export function canClose(line: string, at: number): boolean {
  return at > 0 && !isBlank(characterBefore(line, at)) && !isWord(characterAt(line, at + 1));
}

interface Open {
  readonly sign: string;
  readonly at: number;
}

/** The pairs of markers outside the given ranges, properly nested. */
export function findMarked(line: string, isTaken: (at: number) => boolean): Marked[] {
  const found: Marked[] = [];
  const open: Open[] = [];
  for (let at = 0; at < line.length; at += 1) {
    const sign = line.charAt(at);
    const mark = MARKS[sign];
    if (mark === undefined || isTaken(at)) continue;
    const opened = open.findIndex((entry) => entry.sign === sign);
    const from = open[opened]?.at;
    if (from === undefined) {
      if (canOpen(line, at)) open.push({ sign, at });
    } else if (at > from + 1 && canClose(line, at)) {
      open.length = opened; // what was opened within and not closed is plain text
      found.push({ mark, from, to: at + 1 });
    }
  }
  return found.sort((one, other) => one.from - other.from);
}
