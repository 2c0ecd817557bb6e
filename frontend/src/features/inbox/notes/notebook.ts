/** The notes of open chats that are newer than what was read, and those that the server does not have yet. */
import { isNewer } from "@/lib/rows";
import type { Note } from "@/types/wire";
import { LateOutbox } from "@/features/inbox/data/lateOutbox";
import type { Pending } from "@/features/inbox/data/pending";
import type { Tombstones } from "@/features/inbox/data/tombstones";

export interface NoteSnapshot {
  readonly rows: ReadonlyMap<number, ReadonlyMap<number, Note>>;
  /** Shown at once, until the server's newer row replaces them. */
  readonly guesses: ReadonlyMap<number, Note>;
  readonly pending: readonly Pending[];
}

export interface NotebookOptions {
  /** Whether the chat's notes are cached: others are read when their chat is opened. */
  readonly isCached: (accountId: number, chatId: number) => boolean;
}

export class Notebook {
  readonly outbox: LateOutbox;
  readonly #options: NotebookOptions;
  readonly #listeners = new Set<() => void>();
  readonly #rows = new Map<number, ReadonlyMap<number, Note>>();
  readonly #guesses = new Map<number, Note>();
  #snapshot: NoteSnapshot = { rows: new Map(), guesses: new Map(), pending: [] };

  constructor(options: NotebookOptions) {
    this.#options = options;
    this.outbox = new LateOutbox({ onChange: () => this.#publish(), onRows: () => undefined });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): NoteSnapshot => this.#snapshot;

  apply(note: Note): void {
    const rows = this.#rows.get(note.chat_id);
    if (this.#options.isCached(note.account_id, note.chat_id) && isNewer(note, rows?.get(note.id))) {
      this.#rows.set(note.chat_id, new Map(rows).set(note.id, note));
      if (isNewer(note, this.#guesses.get(note.id))) this.#guesses.delete(note.id);
      this.#publish();
    }
    // Only now, so that one of the two is always shown.
    this.outbox.drop(note.client_id);
  }

  /** Shows a change at once and requests it; an error takes it back. */
  async amend(guess: Note, request: () => Promise<Note>): Promise<void> {
    this.#guesses.set(guess.id, guess);
    this.#publish();
    try {
      this.apply(await request());
    } finally {
      if (this.#guesses.get(guess.id) === guess) this.#guesses.delete(guess.id);
      this.#publish();
    }
  }

  forget(chatId: number): void {
    if (this.#rows.delete(chatId)) this.#publish();
  }

  forgetAccount(accountId: number): void {
    for (const [chatId, rows] of [...this.#rows]) {
      if ([...rows.values()].some((note) => note.account_id === accountId)) this.forget(chatId);
    }
  }

  /** Drops everything of an account the user no longer has, unsent notes included. */
  leaveAccount(accountId: number): void {
    this.forgetAccount(accountId);
    for (const entry of this.outbox.entries) if (entry.accountId === accountId) this.outbox.drop(entry.clientId);
  }

  erase(tombstones: Tombstones): void {
    for (const [chatId, rows] of this.#rows) {
      this.#rows.set(chatId, new Map([...rows].filter(([, note]) => !tombstones.hasNote(note))));
    }
    for (const entry of this.outbox.entries) if (tombstones.hasChat({ id: entry.chatId })) this.outbox.drop(entry.clientId);
    this.#publish();
  }

  #publish(): void {
    this.#snapshot = { rows: new Map(this.#rows), guesses: new Map(this.#guesses), pending: this.outbox.entries };
    for (const listener of [...this.#listeners]) listener();
  }
}
