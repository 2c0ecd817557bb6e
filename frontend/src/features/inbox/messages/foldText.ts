/** Shortens a long text to its beginning, and recognises a text of a few emoji alone. */
import { graphemes, isEmoji } from "@/lib/texts";
import type { Block, Token } from "./tokens";

const MAX_CHARACTERS = 700;
const MAX_LINES = 12;
/** What would be hidden has to be worth a press. */
const SLACK = 1.25;
/** An average line of a bubble. */
const LINE_CHARACTERS = 60;
const MAX_LARGE_EMOJI = 3;
const MAX_EMOJI_UNITS = 200;

/** What still fits, in characters and in lines of an average length. */
interface Room {
  characters: number;
  lines: number;
}

/** The beginning of a long text; null if the text is shown whole. */
export function foldBlocks(blocks: readonly Block[], maxCharacters = MAX_CHARACTERS, maxLines = MAX_LINES): Block[] | null {
  const whole = measure(blocks);
  if (whole.characters <= maxCharacters * SLACK && whole.lines <= maxLines * SLACK) return null;
  const room = { characters: maxCharacters, lines: maxLines * LINE_CHARACTERS };
  const shown: Block[] = [];
  for (const block of blocks) {
    const tokens = fitTokens(block.tokens, room);
    if (tokens.length > 0) shown.push({ ...block, tokens });
    if (tokens.at(-1) !== block.tokens.at(-1)) break;
  }
  return shown;
}

/** The tokens that fit, the last of them cut. */
function fitTokens(tokens: readonly Token[], room: Room): Token[] {
  const fitting: Token[] = [];
  for (const token of tokens) {
    const fitted = cutToken(token, Math.min(room.characters, room.lines));
    if (fitted !== null) fitting.push(fitted);
    if (fitted !== token) break;
    room.characters -= token.text.length;
    room.lines -= weigh(token.text);
  }
  return fitting;
}

/** A line break takes the rest of its line. */
const weigh = (text: string): number => text.length + (text.split("\n").length - 1) * LINE_CHARACTERS;

function measure(blocks: readonly Block[]): { characters: number; lines: number } {
  const text = blocks.flatMap(({ tokens }) => tokens.map((token) => token.text)).join("");
  return { characters: text.length, lines: text.split("\n").length };
}

/** What fits of a token; null if nothing does. Only plain text is cut, at a blank if there is one. */
function cutToken(token: Token, room: number): Token | null {
  if (room <= 0) return null;
  if (weigh(token.text) <= room || (token.kind !== "text" && token.kind !== "code")) return token;
  const head = cutLines(token.text, room);
  return head === "" ? null : { ...token, text: `${head}…` };
}

function cutLines(text: string, room: number): string {
  let left = room;
  let head = "";
  for (const line of text.split(/(?<=\n)/)) {
    if (line.length > left) return head + cutAtBlank(line, left);
    head += line;
    left -= weigh(line);
    if (left <= 0) break;
  }
  return head.trimEnd();
}

function cutAtBlank(line: string, room: number): string {
  const head = line.slice(0, room);
  const blank = head.search(/\s\S*$/u);
  // Without a blank nearby: between two characters as people see them.
  return (blank > room / 2 ? head.slice(0, blank) : graphemes(head).slice(0, -1).join("")).trimEnd();
}

/** One to three emoji and nothing else: how many; 0 for every other text. */
export function countLoneEmoji(body: string): number {
  const text = body.replace(/\s/gu, "");
  if (text === "" || text.length > MAX_EMOJI_UNITS) return 0;
  const parts = graphemes(text);
  return parts.length <= MAX_LARGE_EMOJI && parts.every(isEmoji) ? parts.length : 0;
}
