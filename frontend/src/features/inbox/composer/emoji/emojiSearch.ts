/** Finds emoji by the beginning of a word: what is typed after a colon. */
import type { EmojiEntry } from "./emojiData";

/** A colon after a blank or at the start, and at least two letters: ":)" and "10:30" are not meant. */
const STARTED = /(?:^|[\s(])(:([\p{L}\p{N}_+-]{2,30}))$/u;
const FINISHED = /(?:^|[\s(])(:([\p{L}\p{N}_+-]{1,30}):)$/u;

export interface EmojiQuery {
  /** Where the colon is. */
  readonly from: number;
  readonly words: string;
  /** Closed by a second colon: the emoji of exactly this short code is meant. */
  readonly isClosed: boolean;
}

/** What is being searched at the caret; null if nothing is. */
export function findQuery(text: string, caret: number): EmojiQuery | null {
  const before = text.slice(Math.max(0, caret - 40), caret);
  const closed = FINISHED.exec(before);
  const [, typed, words] = closed ?? STARTED.exec(before) ?? [];
  if (typed === undefined || words === undefined) return null;
  return { from: caret - typed.length, words, isClosed: closed !== null };
}

const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const wordsOf = (text: string): string[] => plain(text).split(/[\s_-]+/);

const startsWord = (text: string, wanted: string): boolean => wordsOf(text).some((word) => word.startsWith(wanted));

/** The lower the better; null if it does not match. */
function rank({ label, tags, codes }: EmojiEntry, wanted: string): number | null {
  if (codes.includes(wanted) || plain(label) === wanted) return 0;
  if (codes.some((code) => code.startsWith(wanted)) || wordsOf(label)[0] === wanted) return 1;
  if (startsWord(label, wanted)) return 2;
  if (tags.some((tag) => plain(tag) === wanted)) return 3;
  if (tags.some((tag) => startsWord(tag, wanted))) return 4;
  return null;
}

/** The best matches. Among equals, emoji used lately come first. */
export function searchEmoji(entries: readonly EmojiEntry[], words: string, recent: readonly string[], limit: number): EmojiEntry[] {
  const wanted = plain(words);
  const found = entries.flatMap((entry) => {
    const value = rank(entry, wanted);
    return value === null ? [] : [{ entry, order: value * 2 + (recent.includes(entry.emoji) ? 0 : 1) }];
  });
  found.sort((one, other) => one.order - other.order);
  return found.slice(0, limit).map(({ entry }) => entry);
}

export const findByCode = (entries: readonly EmojiEntry[], code: string): EmojiEntry | undefined =>
  entries.find(({ codes }) => codes.includes(code.toLowerCase()));
