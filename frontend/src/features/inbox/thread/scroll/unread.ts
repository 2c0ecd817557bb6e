/** Which messages of a thread are unread, which of them came late, and how far the chat was read. */
import type { LateMessage, Message } from "@/types/wire";
import { messagesOf, type Bubble } from "@/features/inbox/thread/list/bubbles";
import { isListed } from "@/features/inbox/thread/list/listed";

/** The server's rule (`unread_rules.py`). */
export const isUnread = (message: Message, readSeq: number): boolean =>
  message.direction === "in" && !message.is_history && message.deleted_at === null && isListed(message) && message.arrived_seq > readSeq;

export interface Unread {
  /** In one piece at the end, apart from own messages. */
  readonly recent: readonly Bubble[];
  /** Sorted before a message that was there when they came: easily overlooked. */
  readonly late: readonly Bubble[];
}

export function findUnread(bubbles: readonly Bubble[], readSeq: number): Unread {
  const [recent, late]: [Bubble[], Bubble[]] = [[], []];
  let before = Infinity;
  for (const bubble of bubbles.toReversed()) {
    const { message } = bubble;
    if (message === null || !isListed(message)) continue;
    if (!isUnread(message, readSeq)) before = Math.min(before, message.arrived_seq);
    else if (before < message.arrived_seq) late.unshift(bubble);
    else recent.unshift(bubble);
  }
  return { recent, late };
}

/** What was on the screen while the user looked at it. */
export interface Shown {
  /** The lowest message that was in view, and so all above it that were not late. */
  readonly lowest: string | null;
  readonly late: ReadonlySet<number>;
}

export const NOTHING_SHOWN: Shown = { lowest: null, late: new Set() };

/** The loaded messages as reading needs them: found by key, with those that are unread. */
export class Loaded {
  readonly bubbles: readonly Bubble[];
  readonly unread: Unread;
  /** Late messages that are older than what is loaded, the newest first. */
  readonly #older: readonly LateMessage[];
  readonly #indices: ReadonlyMap<string, number>;

  constructor(bubbles: readonly Bubble[], readSeq: number, older: readonly LateMessage[] = []) {
    this.bubbles = bubbles;
    this.unread = findUnread(bubbles, readSeq);
    this.#indices = new Map(bubbles.map(({ key }, index) => [key, index]));
    const loaded = new Set(bubbles.flatMap(messagesOf).map(({ id }) => id));
    this.#older = older.filter((row) => row.arrived_seq > readSeq && !loaded.has(row.id));
  }

  indexOf(key: string | null): number {
    return key === null ? -1 : (this.#indices.get(key) ?? -1);
  }

  /** The late messages, the nearest to the end first. */
  get late(): readonly LateMessage[] {
    const rows = this.unread.late.flatMap(({ message }) => (message === null ? [] : [message]));
    return [...rows.reverse(), ...this.#older];
  }
}

/** Adds the messages that are in view now. */
export function addShown(shown: Shown, loaded: Loaded, first: string | null, last: string | null): Shown {
  const [from, to] = [loaded.indexOf(first), loaded.indexOf(last)];
  if (from === -1 || to === -1) return shown;
  const isInView = ({ key }: Bubble) => loaded.indexOf(key) >= from && loaded.indexOf(key) <= to;
  const ids = loaded.unread.late.filter(isInView).flatMap(({ message }) => (message === null || shown.late.has(message.id) ? [] : [message.id]));
  const isLower = to > loaded.indexOf(shown.lowest);
  if (ids.length === 0 && !isLower) return shown;
  return { lowest: isLower ? last : shown.lowest, late: new Set([...shown.late, ...ids]) };
}

export interface Progress {
  /** Read up to here, as an `arrived_seq`; null if nothing was read. */
  readonly mark: number | null;
  /** How many messages came in below what was shown. */
  readonly below: number;
  /** Late messages that were not shown yet, the nearest to the end first. */
  readonly late: readonly number[];
}

const arrivedOf = (bubbles: readonly Bubble[]): number[] => bubbles.flatMap(messagesOf).flatMap(({ direction, arrived_seq }) => (direction === "in" ? [arrived_seq] : []));

/** A chat is read up to the first message, in the order of arrival, that was not shown. */
export function findProgress(loaded: Loaded, shown: Shown): Progress {
  const lowest = loaded.indexOf(shown.lowest);
  const overlooked = loaded.late.filter(({ id }) => !shown.late.has(id));
  const below = loaded.unread.recent.filter(({ key }) => loaded.indexOf(key) > lowest);
  const unseen = [...arrivedOf(below), ...overlooked.map((row) => row.arrived_seq)];
  const first = unseen.reduce((one, other) => Math.min(one, other), Infinity);
  const seen = arrivedOf(loaded.bubbles.slice(0, lowest + 1)).filter((position) => position < first);
  const mark = seen.length === 0 ? null : seen.reduce((one, other) => Math.max(one, other));
  return { mark, below: below.flatMap(messagesOf).length, late: overlooked.map(({ id }) => id) };
}
