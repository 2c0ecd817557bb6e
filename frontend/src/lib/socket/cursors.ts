/** Keeps, for each account, up to which seq everything has been seen, and tells when something is missing. */
import type { Cursors as CursorValues } from "./frames";

interface Position {
  /** Everything up to here has been seen. */
  seq: number;
  /** Seen beyond the first hole. */
  ahead: Set<number>;
  /** The furthest the server is known to stand. */
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

  /** The cursors as `join-user` wants them. */
  values(): CursorValues {
    return Object.fromEntries([...this.#positions].map(([id, position]) => [String(id), position.seq]));
  }

  /** Everything up to `seq` is held, read over REST for instance. Never goes back. */
  reach(accountId: number, seq: number): void {
    const position = this.#position(accountId);
    position.head = Math.max(position.head, seq);
    position.seq = Math.max(position.seq, seq);
    this.#close(position);
  }

  /** The server's database is an older copy of the one that was read: only what it says now counts. */
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

  /** The server says where it stands. */
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
