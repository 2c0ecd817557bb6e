/** One store of the browser's database, with a limit on every wait. */
import { LIMITS_MS, TimeLimitError, withDeadline } from "@/lib/limits";

/** What a database is called, the one store it has, and the field that is its key. */
interface Layout {
  readonly name: string;
  readonly store: string;
  readonly keyPath: string;
}

/** One IndexedDB store, which can hold files. */
export class BrowserDatabase<T> {
  readonly #layout: Layout;
  #opening: Promise<IDBDatabase> | null = null;
  /** A request has timed out: until it returns, all others fail immediately. */
  #isStuck = false;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  list(): Promise<T[]> {
    return this.#run("readonly", (store) => store.getAll() as IDBRequest<T[]>);
  }

  get(key: string): Promise<T | undefined> {
    return this.#run("readonly", (store) => store.get(key) as IDBRequest<T | undefined>);
  }

  async put(entry: T): Promise<void> {
    await this.#run("readwrite", (store) => store.put(entry));
  }

  async remove(key: string): Promise<void> {
    await this.#run("readwrite", (store) => store.delete(key));
  }

  async clear(): Promise<void> {
    await this.#run("readwrite", (store) => store.clear());
  }

  async #run<R>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<R>): Promise<R> {
    if (this.#isStuck) throw new TimeLimitError("The browser's database does not answer.");
    const database = await (this.#opening ??= this.#open());
    return this.#ended(act(this.#begin(database, mode)));
  }

  #begin(database: IDBDatabase, mode: IDBTransactionMode): IDBObjectStore {
    try {
      return database.transaction(this.#layout.store, mode).objectStore(this.#layout.store);
    } catch (error) {
      // The browser closed the connection: the next call opens it again.
      this.#opening = null;
      throw error;
    }
  }

  async #open(): Promise<IDBDatabase> {
    try {
      // eslint-disable-next-line confab/bounded-waits -- #ended waits for it, with a limit
      const request = indexedDB.open(this.#layout.name, 1);
      request.onupgradeneeded = () => void request.result.createObjectStore(this.#layout.store, { keyPath: this.#layout.keyPath });
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

  async #ended<R>(request: IDBRequest<R>): Promise<R> {
    const settle = <V>(act: (result: V) => void, result: V) => {
      this.#isStuck = false;
      act(result);
    };
    try {
      return await withDeadline(
        LIMITS_MS.database,
        () =>
          new Promise<R>((resolve, reject) => {
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
