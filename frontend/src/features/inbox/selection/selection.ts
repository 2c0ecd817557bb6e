/** Which chats of the list are selected, to be changed together. */
import type { Chat } from "@/types/wire";

export type Picked = ReadonlyMap<number, Chat>;

const NONE: Picked = new Map();

export class Selection {
  #picked: Picked = NONE;
  #rows: readonly Chat[] = [];
  /** Where a range begins. */
  #anchor: number | null = null;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): Picked => this.#picked;

  /** The rows of the list that can be selected, in their order. A row that was taken out stays selected. */
  showRows(rows: readonly Chat[]): void {
    this.#rows = rows;
  }

  has(id: number): boolean {
    return this.#picked.has(id);
  }

  get isEmpty(): boolean {
    return this.#picked.size === 0;
  }

  toggle(chat: Chat): void {
    const next = new Map(this.#picked);
    if (!next.delete(chat.id)) next.set(chat.id, chat);
    this.#anchor = chat.id;
    this.#set(next);
  }

  /** Everything from the row that was selected last to this one. */
  extendTo(chat: Chat): void {
    const [from, to] = [this.#rows.findIndex(({ id }) => id === this.#anchor), this.#rows.findIndex(({ id }) => id === chat.id)];
    if (from === -1 || to === -1) {
      this.toggle(chat);
      return;
    }
    const range = this.#rows.slice(Math.min(from, to), Math.max(from, to) + 1);
    this.#set(new Map([...this.#picked, ...range.map((row) => [row.id, row] as const)]));
  }

  selectAll(): void {
    this.#set(new Map(this.#rows.map((row) => [row.id, row])));
  }

  clear(): void {
    this.#anchor = null;
    if (!this.isEmpty) this.#set(NONE);
  }

  #set(picked: Picked): void {
    this.#picked = picked;
    for (const listener of [...this.#listeners]) listener();
  }
}
