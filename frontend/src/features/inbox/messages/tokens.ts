/** The parts of a message's text, as WhatsApp formats it; what is shown of them, and the text without its markers. */

export type Mark = "bold" | "italic" | "strike";

/** "marker": the characters that format others and are not shown. "break": the end of a line. */
export type TokenKind = "text" | "marker" | "break" | "code" | "link" | "phone" | "mention";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Outermost first. */
  readonly marks: readonly Mark[];
  /** The address of a link, or the number of a phone. */
  readonly target: string | null;
  /** The characters of the message, where others are shown: the id of a mentioned contact. */
  readonly source: string | null;
}

export type BlockKind = "text" | "quote" | "bullet" | "number" | "code";

export interface Block {
  readonly kind: BlockKind;
  /** The position of a numbered line. */
  readonly number: number | null;
  readonly tokens: readonly Token[];
}

export function makeToken(kind: TokenKind, text: string, extra: Partial<Omit<Token, "kind" | "text">> = {}): Token {
  return { kind, text, marks: [], target: null, source: null, ...extra };
}

const tokensOf = (blocks: readonly Block[]): Token[] => blocks.flatMap(({ tokens }) => tokens);

/** Exactly the characters that were parsed. */
export const sourceOf = (blocks: readonly Block[]): string => tokensOf(blocks).map(({ text, source }) => source ?? text).join("");

/** The text without markers: for previews, quotes and the clipboard. */
export const shownOf = (blocks: readonly Block[]): string =>
  blocks.map(({ kind, tokens }) => tokens.map((token, index) => shownToken(token, kind === "bullet" || kind === "number" ? index : -1)).join("")).join("");

/** The first marker of a list's line is its bullet or number, which stays readable in plain text. */
const shownToken = ({ kind, text }: Token, index: number): string => (kind === "marker" && index !== 0 ? "" : text);
