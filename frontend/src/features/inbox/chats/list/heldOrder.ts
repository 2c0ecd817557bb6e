/** Keeps the rows of the chat list in their places while they are held; they settle into the sorted order afterwards. */
import { sortTime } from "@/features/inbox/chats/query/chatPages";
import type { Chat } from "@/types/wire";

/** The order that is held. */
export interface HeldOrder {
  readonly ids: readonly number[];
  /** The newest message when the hold began: chats with a newer one wait to move up. */
  readonly newest: string;
  /** How many moves of chats by the user are in this order. */
  readonly moves: number;
}

export interface Sorted {
  /** The rows of the list, in the order they settle into. */
  readonly chats: readonly Chat[];
  /** All loaded rows, also those that no longer match the filter. */
  readonly known: ReadonlyMap<number, Chat>;
}

/**
 * The rows in the held order. Rows that no longer match the filter stay until the list settles, deleted ones go; more
 * rows are only added at the end.
 */
export function arrange(held: readonly number[], { chats, known }: Sorted): readonly Chat[] {
  const kept = new Set(held.filter((id) => known.has(id)));
  const last = chats.findLastIndex(({ id }) => kept.has(id));
  const rows = [...kept].map((id) => known.get(id)).filter((chat) => chat !== undefined);
  return [...rows, ...chats.slice(last + 1)];
}

const newestTime = (chats: readonly Chat[]): string =>
  chats.map(sortTime).reduce((top, time) => (time > top ? time : top), "");

const idsOf = (chats: readonly Chat[]): readonly number[] => chats.map(({ id }) => id);

const isSame = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((id, index) => id === other[index]);

/** The order after the user moved this chat: to where it belongs among the others, or out of the list. */
function follow(ids: readonly number[], moved: number, { chats }: Sorted): readonly number[] {
  const rest = ids.filter((id) => id !== moved);
  const target = chats.findIndex(({ id }) => id === moved);
  if (target === -1) return rest;
  const others = new Set(rest);
  const before = chats.slice(0, target).findLast(({ id }) => others.has(id));
  return rest.toSpliced(before === undefined ? 0 : rest.indexOf(before.id) + 1, 0, moved);
}

export interface Step {
  readonly rows: readonly Chat[];
  readonly order: HeldOrder | null;
}

/** What to show next: the held order continued, a new hold of the sorted order, or the sorted order itself. */
export function nextStep(order: HeldOrder | null, sorted: Sorted, isHeld: boolean, ownMoves: readonly number[]): Step {
  if (!isHeld) return { rows: sorted.chats, order: null };
  const moves = ownMoves.length;
  if (order === null) {
    return { rows: sorted.chats, order: { ids: idsOf(sorted.chats), newest: newestTime(sorted.chats), moves } };
  }
  const held = ownMoves.slice(order.moves).reduce((ids, moved) => follow(ids, moved, sorted), order.ids);
  const rows = arrange(held, sorted);
  const ids = idsOf(rows);
  return { rows, order: isSame(ids, order.ids) && moves === order.moves ? order : { ...order, ids, moves } };
}

/** How many chats got a message from a contact since the hold began. */
export function countWaiting(order: HeldOrder | null, { chats }: Sorted): number {
  if (order === null) return 0;
  return chats.filter((chat) => chat.last_message_direction !== "out" && sortTime(chat) > order.newest).length;
}
