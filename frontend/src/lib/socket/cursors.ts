/** Tracks, for each account, the seq up to which all changes were seen, and detects gaps. */
import type { Cursors as CursorValues } from "./frames";

interface Position {
  /** Everything up to this seq was seen. */
  seq: number;
  /** Seen beyond the first gap. */
  ahead: Set<number>;
  /** The server's head, as far as known. */
  head: number;
}

export class Cursors {
  readonly #positions = new Map<number, Position>();

  has(accountId: number): boolean {
    return this.#positions.has(accountId);
  }

  get(accountId: number): number {
    return this.#positions.get(accountId)?.seq ?? 0;
  }

  accounts(): number[] {
    return [...this.#positions.keys()];
  }

  /** The cursors for `join-user`. */
  values(): CursorValues {
    return Object.fromEntries([...this.#positions].map(([id, position]) => [String(id), position.seq]));
  }

  /** Everything up to `seq` is known, for instance from REST. Never moves back. */
  reach(accountId: number, seq: number): void {
    const position = this.#position(accountId);
    position.head = Math.max(position.head, seq);
    position.seq = Math.max(position.seq, seq);
    this.#close(position);
  }

  /** The server's database was restored to an older state: the cursor moves back to it. */
  restart(accountId: number, seq: number): void {
    this.#positions.set(accountId, { seq, ahead: new Set(), head: seq });
  }

  /** One change was seen. */
  see(accountId: number, seq: number): void {
    const position = this.#position(accountId);
    position.head = Math.max(position.head, seq);
    if (seq > position.seq) position.ahead.add(seq);
    this.#close(position);
  }

  /** Notes the server's head. */
  noteHead(accountId: number, seq: number): void {
    const position = this.#position(accountId);
    position.head = Math.max(position.head, seq);
  }

  isBehind(accountId: number): boolean {
    const position = this.#positions.get(accountId);
    return position !== undefined && position.head > position.seq;
  }

  forget(accountId: number): void {
    this.#positions.delete(accountId);
  }

  #position(accountId: number): Position {
    const current = this.#positions.get(accountId);
    if (current !== undefined) return current;
    const position: Position = { seq: 0, ahead: new Set(), head: 0 };
    this.#positions.set(accountId, position);
    return position;
  }

  #close(position: Position): void {
    while (position.ahead.delete(position.seq + 1)) position.seq += 1;
    for (const seq of position.ahead) {
      if (seq <= position.seq) position.ahead.delete(seq);
    }
  }
}
