/** Where messages that could not be sent yet outlive the page: files and all, apart for each user. */
import type { Pending } from "./store";

export interface Shelf {
  list(): Promise<Pending[]>;
  put(entry: Pending): Promise<void>;
  remove(clientId: string): Promise<void>;
  clear(): Promise<void>;
}

/** For a browser that keeps nothing, and for tests. */
export class MemoryShelf implements Shelf {
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

const STORE = "messages";

function ended<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("The browser's database failed."));
  });
}

/** IndexedDB, which keeps files as files. */
class DatabaseShelf implements Shelf {
  readonly #name: string;
  #opening: Promise<IDBDatabase> | null = null;

  constructor(name: string) {
    this.#name = name;
  }

  list(): Promise<Pending[]> {
    return this.#run("readonly", (store) => store.getAll() as IDBRequest<Pending[]>);
  }

  async put(entry: Pending): Promise<void> {
    await this.#run("readwrite", (store) => store.put(entry));
  }

  async remove(clientId: string): Promise<void> {
    await this.#run("readwrite", (store) => store.delete(clientId));
  }

  async clear(): Promise<void> {
    await this.#run("readwrite", (store) => store.clear());
  }

  async #run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    this.#opening ??= this.#open();
    const database = await this.#opening;
    return ended(act(database.transaction(STORE, mode).objectStore(STORE)));
  }

  #open(): Promise<IDBDatabase> {
    const request = indexedDB.open(this.#name, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(STORE, { keyPath: "clientId" });
    return ended(request);
  }
}

export function openShelf(userId: number): Shelf {
  return typeof indexedDB === "undefined" ? new MemoryShelf() : new DatabaseShelf(`confab-outbox-${userId}`);
}
