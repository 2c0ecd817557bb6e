/** One line of a message as tokens: formatting, code, links, phone numbers and mentions. */
import { linkify } from "@/features/inbox/thread/bubble/linkify";
import { canClose, canOpen, findMarked, type Marked, type Range } from "./inlineMarks";
import { findPhones } from "./phonesInText";
import { makeToken, type Mark, type Token } from "./tokens";

/** By the digits that stand for them in the text. */
export type Names = ReadonlyMap<string, string>;

/** A range that is one token, or a token between markers: nothing in it is formatted. */
interface Piece extends Range {
  readonly tokens: readonly Token[];
}

const CODE = /(`{3})(?=[^`]*[^`\s])((?:(?!`{3}).)+)`{3}|`([^`]+)`/gu;
const MENTION = /(?<![\p{L}\p{N}])@(\d{5,20})(?!\d)/gu;

function findCode(line: string): Piece[] {
  return [...line.matchAll(CODE)].flatMap((match) => {
    const [whole, fence = "`", fenced, inline] = match;
    const [from, to] = [match.index, match.index + whole.length];
    const code = fenced ?? inline ?? "";
    if (fence === "`" && !(canOpen(line, from) && canClose(line, to - 1))) return [];
    return [{ from, to, tokens: [makeToken("marker", fence), makeToken("code", code), makeToken("marker", fence)] }];
  });
}

function findLinks(line: string): Piece[] {
  let from = 0;
  return linkify(line).flatMap(({ text, href }) => {
    const piece = { from, to: from + text.length, tokens: [makeToken("link", text, { target: href })] };
    from += text.length;
    return href === null ? [] : [piece];
  });
}

const findNumbers = (line: string): Piece[] =>
  findPhones(line).map(({ from, to, number }) => ({ from, to, tokens: [makeToken("phone", line.slice(from, to), { target: number })] }));

function findMentions(line: string, names: Names): Piece[] {
  if (names.size === 0) return [];
  return [...line.matchAll(MENTION)].flatMap((match) => {
    const name = names.get(match[1] ?? "");
    if (name === undefined) return [];
    return [{ from: match.index, to: match.index + match[0].length, tokens: [makeToken("mention", `@${name}`, { source: match[0] })] }];
  });
}

/** Whether a range overlaps one of the pieces; ranges come in ascending order, like the pieces. */
function makeOverlaps(pieces: readonly Range[]): (range: Range) => boolean {
  let next = 0;
  return ({ from, to }) => {
    while ((pieces[next]?.to ?? Infinity) <= from) next += 1;
    return (pieces[next]?.from ?? Infinity) < to;
  };
}

/** The pieces of a line; where they overlap, code wins over links, these over mentions, and all over numbers. */
function findPieces(line: string, names: Names): Piece[] {
  const lists = [findCode(line), findLinks(line), findMentions(line, names), findNumbers(line)];
  return lists.reduce((pieces, list) => {
    const overlaps = makeOverlaps(pieces);
    const free = list.filter((piece) => !overlaps(piece));
    return free.length === 0 ? pieces : [...pieces, ...free].sort((one, other) => one.from - other.from);
  });
}

interface Cut {
  readonly at: number;
  readonly isMarker: boolean;
}

/** Where the text between pieces has to be cut: before and after each marker. */
function cutsOf(marked: readonly Marked[]): Cut[] {
  const cuts = marked.flatMap(({ from, to }) => [{ at: from, isMarker: true }, { at: to - 1, isMarker: true }]);
  return cuts.sort((one, other) => one.at - other.at);
}

/** Adds what lies between two positions, with the marks that are open there. */
class LineTokens {
  readonly tokens: Token[] = [];
  readonly #line: string;
  readonly #marked: readonly Marked[];
  readonly #cuts: readonly Cut[];
  #cut = 0;
  #opened = 0;
  #open: Marked[] = [];

  constructor(line: string, marked: readonly Marked[]) {
    this.#line = line;
    this.#marked = marked;
    this.#cuts = cutsOf(marked);
  }

  /** The marks around a position. */
  #marksAt(at: number): Mark[] {
    while ((this.#marked[this.#opened]?.from ?? Infinity) < at) {
      const next = this.#marked[this.#opened];
      if (next !== undefined) this.#open.push(next);
      this.#opened += 1;
    }
    this.#open = this.#open.filter(({ to }) => at < to - 1);
    return this.#open.map(({ mark }) => mark);
  }

  addText(from: number, to: number): void {
    let at = from;
    for (let cut = this.#cuts[this.#cut]; cut !== undefined && cut.at < to; cut = this.#cuts[this.#cut]) {
      this.#addPlain(at, cut.at);
      this.tokens.push(makeToken("marker", this.#line.charAt(cut.at)));
      at = cut.at + 1;
      this.#cut += 1;
    }
    this.#addPlain(at, to);
  }

  #addPlain(from: number, to: number): void {
    if (from < to) this.tokens.push(makeToken("text", this.#line.slice(from, to), { marks: this.#marksAt(from) }));
  }

  addPiece({ from, tokens }: Piece): void {
    const marks = this.#marksAt(from);
    for (const token of tokens) this.tokens.push(token.kind === "marker" ? token : { ...token, marks });
  }
}

export function parseLine(line: string, names: Names): Token[] {
  const pieces = findPieces(line, names);
  const overlaps = makeOverlaps(pieces);
  const result = new LineTokens(line, findMarked(line, (at) => overlaps({ from: at, to: at + 1 })));
  let at = 0;
  for (const piece of pieces) {
    result.addText(at, piece.from);
    result.addPiece(piece);
    at = piece.to;
  }
  result.addText(at, line.length);
  return result.tokens;
}
