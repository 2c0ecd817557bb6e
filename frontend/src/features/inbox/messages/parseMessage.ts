/** The text of a message as blocks of tokens: paragraphs, quotes, lists and code, as WhatsApp formats them. */
import type { Mention } from "@/types/wire";
import { parseLine, type Names } from "./parseLine";
import { makeToken, shownOf, type Block, type Token } from "./tokens";

const FENCE = "```";
const LIST_LINE = /^(?:(> )|([-*] )|((\d{1,3})\. ))(?=\S)/;

function namesOf(mentions: readonly Mention[]): Names {
  const named = mentions.map(({ provider_id, name, phone }) => [provider_id.split("@")[0] ?? "", name ?? phone] as const);
  return new Map(named.filter((entry): entry is readonly [string, string] => entry[1] !== null));
}

interface Segment {
  readonly text: string;
  readonly isCode: boolean;
}

/** Cuts out the code that spans several lines; code within one line belongs to its line. */
function splitCode(body: string): Segment[] {
  const segments: Segment[] = [];
  let [from, search] = [0, 0];
  for (;;) {
    const open = body.indexOf(FENCE, search);
    const close = open < 0 ? -1 : body.indexOf(FENCE, open + FENCE.length);
    if (close < 0) break;
    search = close + FENCE.length;
    const code = body.slice(open + FENCE.length, close);
    if (!code.includes("\n") || code.trim() === "") continue;
    if (open > from) segments.push({ text: body.slice(from, open), isCode: false });
    segments.push({ text: body.slice(open, search), isCode: true });
    from = search;
  }
  if (from < body.length) segments.push({ text: body.slice(from), isCode: false });
  return segments;
}

/** The line breaks right inside the fences are not shown. */
function codeBlock(text: string): Block {
  const [, before = "", code = "", after = ""] = /^(```\n?)([^]*?)(\n?```)$/.exec(text) ?? [];
  return { kind: "code", number: null, tokens: [makeToken("marker", before), makeToken("code", code), makeToken("marker", after)] };
}

function lineBlock(line: string, names: Names): Block {
  const [marker, quote, bullet, , digits] = LIST_LINE.exec(line) ?? [];
  if (marker === undefined) return { kind: "text", number: null, tokens: parseLine(line, names) };
  const kind = quote !== undefined ? "quote" : bullet !== undefined ? "bullet" : "number";
  const tokens = [makeToken("marker", marker), ...parseLine(line.slice(marker.length), names)];
  return { kind, number: digits === undefined ? null : Number(digits), tokens };
}

function parseLines(text: string, names: Names): Block[] {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  let tokens: Token[] = [];
  lines.forEach((line, index) => {
    const isLast = index === lines.length - 1;
    if (isLast && line === "") return;
    const block = lineBlock(line, names);
    const isOn = (block.kind === "text" || block.kind === "quote") && blocks.at(-1)?.kind === block.kind;
    // Paragraphs and quotes go on over several lines.
    if (!isOn) {
      tokens = [];
      blocks.push({ ...block, tokens });
    }
    tokens.push(...block.tokens);
    if (!isLast) tokens.push(makeToken("break", "\n"));
  });
  return blocks;
}

export function parseMessage(body: string, mentions: readonly Mention[] = []): Block[] {
  const names = namesOf(mentions);
  return splitCode(body).flatMap(({ text, isCode }) => (isCode ? [codeBlock(text)] : parseLines(text, names)));
}

/** The text on one line, without markers: for previews. */
export const plainText = (body: string, mentions: readonly Mention[] = []): string => shownOf(parseMessage(body, mentions));
