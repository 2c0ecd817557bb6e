/** What the writer of a message had seen of a chat: a send carries it, and is held if a colleague did more. */
import { messagesOf, type Bubble } from "@/features/inbox/thread/list/bubbles";
import type { Loaded, Shown } from "./unread";

/** In the order of arrival, of all authors. */
export interface Seen {
  /** The newest message that was shown. */
  readonly seq: number;
  /** The first one that was not; null if all were. */
  readonly unseenFrom: number | null;
}

export const NOTHING_SEEN: Seen = { seq: 0, unseenFrom: null };

const positionsOf = (bubbles: readonly Bubble[]): number[] => bubbles.flatMap(messagesOf).map(({ arrived_seq }) => arrived_seq);

export function findSeen(loaded: Loaded, shown: Shown): Seen {
  const lowest = loaded.indexOf(shown.lowest) + 1;
  const overlooked = loaded.late.filter(({ id }) => !shown.late.has(id)).map(({ arrived_seq }) => arrived_seq);
  const first = Math.min(Infinity, ...positionsOf(loaded.bubbles.slice(lowest)), ...overlooked);
  const seq = Math.max(0, ...positionsOf(loaded.bubbles.slice(0, lowest)).filter((position) => position < first));
  return { seq, unseenFrom: first === Infinity ? null : first };
}

/** With what users did with the chat, which is shown in its head: up to the first message that was not. */
export function seenUpTo({ seq, unseenFrom }: Seen, activitySeqs: readonly number[]): number {
  return Math.max(seq, ...activitySeqs.filter((position) => unseenFrom === null || position < unseenFrom));
}
