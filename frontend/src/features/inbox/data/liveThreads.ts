/** The live rows of open and cached threads: a bounded number each. */
import { isNewer } from "@/lib/rows";
import type { Message } from "@/types/wire";

/** A chat with more new rows than this is read on from the server. */
export const MAX_ROWS = 1_000;

export function isBefore(one: Message, other: Message): boolean {
  return one.ordered_at === other.ordered_at ? one.id < other.id : one.ordered_at < other.ordered_at;
}

const lastOf = (rows: Iterable<Message>): Message | undefined =>
  [...rows].reduce<Message | undefined>((last, row) => (last === undefined || isBefore(last, row) ? row : last), undefined);

const firstOf = (rows: Iterable<Message>): Message | undefined =>
  [...rows].reduce<Message | undefined>((first, row) => (first === undefined || isBefore(row, first) ? row : first), undefined);

export class LiveThreads {
  #rows = new Map<number, ReadonlyMap<number, Message>>();
  /** By chat: the last row that is held; later ones are not. */
  readonly #cuts = new Map<number, Message>();

  rows(): ReadonlyMap<number, ReadonlyMap<number, Message>> {
    return new Map(this.#rows);
  }

  cuts(): ReadonlyMap<number, number> {
    return new Map([...this.#cuts].map(([chatId, { id }]) => [chatId, id]));
  }

  /** True if the row is newer than the known one, or unknown. */
  take(message: Message): boolean {
    const current = this.#rows.get(message.chat_id);
    if (!isNewer(message, current?.get(message.id))) return false;
    if (this.#isBeyond(message, current)) return true;
    this.#rows.set(message.chat_id, new Map(current).set(message.id, message));
    return true;
  }

  /** Whether it comes after as many rows as are held. */
  #isBeyond(message: Message, current: ReadonlyMap<number, Message> = new Map()): boolean {
    if (current.size >= MAX_ROWS && !this.#cuts.has(message.chat_id)) {
      const last = lastOf(current.values());
      if (last !== undefined && isBefore(last, message)) this.#cuts.set(message.chat_id, last);
    }
    const cut = this.#cuts.get(message.chat_id);
    return cut !== undefined && isBefore(cut, message);
  }

  /** Drops what the newest page has, and what is older than it. */
  settle(chatId: number, newest: readonly Message[]): void {
    const read = new Map(newest.map((row) => [row.id, row]));
    const floor = firstOf(newest);
    const rows = [...(this.#rows.get(chatId)?.values() ?? [])];
    const left = rows.filter((row) => isNewer(row, read.get(row.id)) && (floor === undefined || !isBefore(row, floor)));
    this.#rows.set(chatId, new Map(left.map((row) => [row.id, row])));
    this.#cuts.delete(chatId);
  }

  resume(chatId: number): void {
    this.#cuts.delete(chatId);
  }

  /** True if there were any. */
  forget(chatId: number): boolean {
    this.#cuts.delete(chatId);
    return this.#rows.delete(chatId);
  }

  forgetAccount(accountId: number): void {
    for (const [chatId, rows] of [...this.#rows]) {
      if ([...rows.values()].some((row) => row.account_id === accountId)) this.forget(chatId);
    }
  }

  drop(isErased: (row: Message) => boolean): void {
    for (const [chatId, rows] of this.#rows) this.#rows.set(chatId, new Map([...rows].filter(([, row]) => !isErased(row))));
  }
}
