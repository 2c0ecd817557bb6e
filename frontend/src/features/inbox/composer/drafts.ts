/** Unsent texts, one for each chat; kept over a reload, not after the tab is closed. */

export class Drafts {
  readonly #prefix: string;
  readonly #storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;

  constructor(userId: number, storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> = sessionStorage) {
    this.#prefix = `confab.draft.${userId}.`;
    this.#storage = storage;
  }

  read(chatId: number): string {
    return this.#storage.getItem(this.#prefix + String(chatId)) ?? "";
  }

  write(chatId: number, text: string): void {
    const key = this.#prefix + String(chatId);
    try {
      if (text === "") this.#storage.removeItem(key);
      else this.#storage.setItem(key, text);
    } catch {
      // Storage is full or blocked: the text stays in the field, but is not kept for later.
    }
  }
}
