/** The browser's storage for unsent messages with their files, separate for each user. */
import { BrowserDatabase } from "./browserDatabase";
import type { Pending } from "./pending";

export interface OutboxStorage {
  list(): Promise<Pending[]>;
  put(entry: Pending): Promise<void>;
  remove(clientId: string): Promise<void>;
  clear(): Promise<void>;
}

/** For browsers without storage, and for tests. */
export class MemoryStorage implements OutboxStorage {
  readonly #entries = new Map<string, Pending>();

  list(): Promise<Pending[]> {
    return Promise.resolve([...this.#entries.values()]);
  }

  put(entry: Pending): Promise<void> {
    this.#entries.set(entry.clientId, entry);
    return Promise.resolve();
  }

  remove(clientId: string): Promise<void> {
    this.#entries.delete(clientId);
    return Promise.resolve();
  }

  clear(): Promise<void> {
    this.#entries.clear();
    return Promise.resolve();
  }
}

function openStorage(name: string, store: string): OutboxStorage {
  return typeof indexedDB === "undefined" ? new MemoryStorage() : new BrowserDatabase<Pending>({ name, store, keyPath: "clientId" });
}

export const openOutboxStorage = (userId: number): OutboxStorage => openStorage(`confab-outbox-${userId}`, "messages");

/** Apart from the messages, so that no note can be sent as one. */
export const openNoteStorage = (userId: number): OutboxStorage => openStorage(`confab-notes-${userId}`, "notes");
