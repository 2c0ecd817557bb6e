/** Which users match what was typed after an `@`. */
import type { Named } from "./noteText";

export interface MentionQuery {
  /** Where the `@` is. */
  readonly from: number;
  readonly words: string;
}

const MAX_SHOWN = 6;
/** A name has few words: further on it is a sentence. */
const QUERY = /(?:^|[\s(])@([\p{L}\p{N}.'’-]*(?: [\p{L}\p{N}.'’-]+){0,2})$/u;

/** What follows the last `@` before the caret; null if there is none. */
export function findMention(text: string, caret: number): MentionQuery | null {
  const match = QUERY.exec(text.slice(0, caret));
  const words = match?.[1];
  return words === undefined ? null : { from: caret - words.length - 1, words };
}

const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/** Those with a word of the name that begins with what was typed, or whose whole name does. */
export function searchUsers<User extends Named>(users: readonly User[], words: string): readonly User[] {
  const wanted = fold(words);
  const begins = (name: string) => name.startsWith(wanted) || name.split(/\s+/u).some((word) => word.startsWith(wanted));
  return users.filter(({ name }) => name !== "" && begins(fold(name))).slice(0, MAX_SHOWN);
}
