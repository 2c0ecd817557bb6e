/** The files attached to drafts, in the browser's database: a picked file outlives a reload. */
import { BrowserDatabase } from "@/features/inbox/data/browserDatabase";

interface StoredFile {
  readonly key: string;
  readonly file: File;
}

type FileStorage = Pick<BrowserDatabase<StoredFile>, "list" | "get" | "put" | "remove">;

/** A file that is being read, or that the browser has lost. */
export type Loaded = File | "loading" | "missing";

/** Null where the browser has no database: files then last as long as the page. */
function openStorage(userId: number): FileStorage | null {
  if (typeof indexedDB === "undefined") return null;
  return new BrowserDatabase<StoredFile>({ name: `confab-drafts-${userId}`, store: "files", keyPath: "key" });
}

export class DraftFiles {
  readonly #storage: FileStorage | null;
  readonly #onLoad: () => void;
  readonly #known = new Map<string, Loaded>();
  #version = 0;

  constructor(userId: number, onLoad: () => void, storage: FileStorage | null = openStorage(userId)) {
    this.#storage = storage;
    this.#onLoad = onLoad;
  }

  /** Grows when a file has been read. */
  get version(): number {
    return this.#version;
  }

  put(key: string, file: File): void {
    this.#known.set(key, file);
    void this.#storage?.put({ key, file }).catch(() => undefined);
  }

  remove(key: string): void {
    this.#known.delete(key);
    void this.#storage?.remove(key).catch(() => undefined);
  }

  /** Starts reading a file that this page has not picked itself. */
  get(key: string): Loaded {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, "loading");
    void this.#load(key);
    return "loading";
  }

  async #load(key: string): Promise<void> {
    const stored = await this.#storage?.get(key).catch(() => undefined);
    this.#known.set(key, stored?.file ?? "missing");
    this.#version += 1;
    this.#onLoad();
  }

  /** Removes the files of no draft, left by a page that was closed between two writes. */
  async sweep(isUsed: (key: string) => boolean): Promise<void> {
    const stored = (await this.#storage?.list().catch(() => [])) ?? [];
    for (const { key } of stored) if (!isUsed(key)) this.remove(key);
  }
}
