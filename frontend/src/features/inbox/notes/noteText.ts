/** The text of a note in pieces: words, links, and the names of the users that it mentions. */
import { linkify } from "@/features/inbox/thread/bubble/linkify";

export interface Named {
  readonly id: number;
  readonly name: string;
}

export interface Piece {
  readonly text: string;
  readonly href: string | null;
  /** The user whose name it is. */
  readonly userId: number | null;
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** `@` and the name; the longest name first, so that "@Ana Lima" is not "@Ana". */
function mentionPattern(mentions: readonly Named[]): RegExp | null {
  const names = mentions.map(({ name }) => name).filter((name) => name !== "");
  if (names.length === 0) return null;
  const longest = names.sort((one, other) => other.length - one.length).map(escape);
  return new RegExp(`@(${longest.join("|")})(?![\\p{L}\\p{N}])`, "gu");
}

const plainPieces = (text: string): Piece[] => linkify(text).map((part) => ({ ...part, userId: null }));

export function splitNote(body: string, mentions: readonly Named[]): readonly Piece[] {
  const pattern = mentionPattern(mentions);
  if (pattern === null) return plainPieces(body);
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of body.matchAll(pattern)) {
    pieces.push(...plainPieces(body.slice(end, match.index)));
    const userId = mentions.find(({ name }) => name === match[1])?.id ?? null;
    pieces.push({ text: match[0], href: null, userId });
    end = match.index + match[0].length;
  }
  return [...pieces, ...plainPieces(body.slice(end))];
}

/** The users whose names are still in the text. */
export function mentionedIn(text: string, mentions: readonly Named[]): readonly Named[] {
  const named = new Set(splitNote(text, mentions).map(({ userId }) => userId));
  return mentions.filter(({ id }, index) => named.has(id) && mentions.findIndex((other) => other.id === id) === index);
}
