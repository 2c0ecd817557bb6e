/** The browser's storage for unsent messages with their files, separate for each user. */
import { LIMITS_MS, TimeLimitError, withDeadline } from "@/lib/limits";
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

const STORE = "messages";

/** IndexedDB, which can store files. */
class IndexedDbStorage implements OutboxStorage {
  readonly #name: string;
  #opening: Promise<IDBDatabase> | null = null;
  /** A request has timed out: until it returns, all others fail immediately. */
  #isStuck = false;

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
    if (this.#isStuck) throw new TimeLimitError("The browser's database does not answer.");
    const database = await (this.#opening ??= this.#open());
    return this.#ended(act(this.#begin(database, mode)));
  }

  #begin(database: IDBDatabase, mode: IDBTransactionMode): IDBObjectStore {
    try {
      return database.transaction(STORE, mode).objectStore(STORE);
    } catch (error) {
      // The browser closed the connection: the next call opens it again.
      this.#opening = null;
      throw error;
    }
  }

  async #open(): Promise<IDBDatabase> {
    try {
      // eslint-disable-next-line confab/bounded-waits -- #ended waits for it, with a limit
      const request = indexedDB.open(this.#name, 1);
      request.onupgradeneeded = () => void request.result.createObjectStore(STORE, { keyPath: "clientId" });
      const database = await this.#ended(request);
      const close = () => {
        database.close();
        this.#opening = null;
      };
      // A newer page in another tab must not be blocked by this one.
      database.onversionchange = close;
      database.onclose = close;
      return database;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
  }

  async #ended<T>(request: IDBRequest<T>): Promise<T> {
    const settle = <R>(act: (result: R) => void, result: R) => {
      this.#isStuck = false;
      act(result);
    };
    try {
      return await withDeadline(
        LIMITS_MS.database,
        () =>
          new Promise<T>((resolve, reject) => {
            request.onsuccess = () => settle(resolve, request.result);
            request.onerror = () => settle(reject, request.error ?? new Error("The browser's database failed."));
          }),
      );
    } catch (error) {
      this.#isStuck = error instanceof TimeLimitError;
      throw error;
    }
  }
}

export function openOutboxStorage(userId: number): OutboxStorage {
  return typeof indexedDB === "undefined" ? new MemoryStorage() : new IndexedDbStorage(`confab-outbox-${userId}`);
}
