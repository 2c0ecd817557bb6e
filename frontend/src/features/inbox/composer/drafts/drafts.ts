/**
 * What was written but not sent, one draft for each chat of a user. It is kept on this device, outlives the page, and is
 * the same in all tabs: a tab shows what another one types, so none overwrites the other.
 */
import type { Tombstones } from "@/features/inbox/data/tombstones";
import { DraftFiles, type Loaded } from "./draftFiles";
import { isEmptyDraft, NO_DRAFT, readDraft, type Draft, type DraftFile } from "./draft";

type DraftStorage = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

export class Drafts {
  readonly files: DraftFiles;
  readonly #prefix: string;
  readonly #storage: DraftStorage;
  readonly #listeners = new Set<() => void>();
  readonly #drafts = new Map<number, Draft>();
  /** Called with the chat and account of a text or quote that was changed here, to be saved on the server. */
  onWritten: ((chatId: number, accountId: number) => void) | null = null;

  constructor(userId: number, storage: DraftStorage = localStorage, files?: DraftFiles) {
    this.#prefix = `confab.draft.${userId}.`;
    this.#storage = storage;
    this.files = files ?? new DraftFiles(userId, () => this.#publish());
    for (const [chatId, text] of this.#stored()) this.#put(chatId, readDraft(text));
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The same object until the draft changes. */
  read(chatId: number): Draft {
    return this.#drafts.get(chatId) ?? NO_DRAFT;
  }

  change(chatId: number, fields: Partial<Draft>): void {
    const before = this.read(chatId);
    const after = { ...before, ...fields };
    const isWritten = after.text !== before.text || after.quoted?.id !== before.quoted?.id || after.isShared !== before.isShared;
    this.#set(chatId, isWritten ? { ...after, writtenAt: Date.now(), isSaved: false } : after);
    if (isWritten) this.onWritten?.(chatId, after.accountId === 0 ? before.accountId : after.accountId);
  }

  /** What another device wrote, or what the server has of this one: it is not saved again. */
  adopt(chatId: number, fields: Pick<Draft, "accountId" | "text" | "quoted" | "isShared" | "writtenAt">): void {
    if (this.#isOlder(chatId, fields)) return;
    const { text } = this.read(chatId);
    const caret = text === fields.text ? this.read(chatId).caret : ([fields.text.length, fields.text.length] as const);
    this.#set(chatId, { ...this.read(chatId), ...fields, caret, isSaved: true });
  }

  /** Whether another tab has stored something newer, of which this one has not heard yet. */
  #isOlder(chatId: number, { writtenAt }: Pick<Draft, "writtenAt">): boolean {
    const stored = this.#stored().find(([id]) => id === chatId);
    return stored !== undefined && readDraft(stored[1]).writtenAt > writtenAt;
  }

  /** The drafts with a text or a quote. */
  written(): readonly (readonly [number, Draft])[] {
    return [...this.#drafts].filter(([, { text, quoted }]) => text !== "" || quoted !== null);
  }

  #set(chatId: number, draft: Draft): void {
    this.#put(chatId, draft);
    this.#store(chatId);
    this.#publish();
  }

  addFile(chatId: number, accountId: number, file: File, entry: DraftFile): void {
    this.change(chatId, { accountId, files: [...this.read(chatId).files, entry] });
    this.files.put(entry.key, file);
  }

  removeFile(chatId: number, key: string): void {
    this.change(chatId, { files: this.read(chatId).files.filter((file) => file.key !== key) });
    this.files.remove(key);
  }

  readonly fileOf = (key: string): Loaded => this.files.get(key);

  /** Removes what was erased. */
  drop(chatId: number): void {
    for (const { key } of this.read(chatId).files) this.files.remove(key);
    this.change(chatId, NO_DRAFT);
  }

  /** Removes what was sent; a note that is being written stays. */
  dropSent(chatId: number): void {
    const { accountId, note } = this.read(chatId);
    this.drop(chatId);
    if (note !== null) this.change(chatId, { accountId, note });
  }

  dropAccount(accountId: number): void {
    this.#dropWhere((draft) => draft.accountId === accountId);
  }

  /** Removes the drafts of accounts that the user no longer has. */
  keepAccounts(accountIds: readonly number[]): void {
    this.#dropWhere((draft) => !accountIds.includes(draft.accountId));
  }

  /** Removes the drafts of chats that were erased while the page was closed: `exists` asks the server for each. */
  async dropErased(exists: (accountId: number, chatId: number) => Promise<boolean>): Promise<void> {
    for (const [chatId, { accountId }] of [...this.#drafts]) {
      if (!(await exists(accountId, chatId))) this.drop(chatId);
    }
  }

  /** Removes what was erased: drafts of an erased chat, and copies of an erased message. */
  erase(tombstones: Tombstones): void {
    for (const [chatId, { quoted, edit }] of [...this.#drafts]) {
      if (tombstones.hasChat({ id: chatId })) this.drop(chatId);
      else if (quoted !== null && tombstones.hasMessage(quoted)) this.change(chatId, { quoted: null });
      else if (edit !== null && tombstones.hasMessage(edit.message)) this.change(chatId, { edit: null });
    }
  }

  /** Follows the other tabs. */
  open(): () => void {
    const follow = ({ key, newValue }: StorageEvent) => {
      const chatId = this.#chatOf(key);
      if (chatId === null) return;
      const draft = readDraft(newValue);
      // Another tab stored what the server has of it, before it heard what was typed here.
      if (newValue !== null && draft.writtenAt < this.read(chatId).writtenAt) return;
      this.#put(chatId, draft);
      this.#publish();
    };
    window.addEventListener("storage", follow);
    void this.files.sweep((key) => this.#isStored(key));
    return () => window.removeEventListener("storage", follow);
  }

  #dropWhere(isMeant: (draft: Draft) => boolean): void {
    for (const [chatId, draft] of [...this.#drafts]) if (isMeant(draft)) this.drop(chatId);
  }

  #put(chatId: number, draft: Draft): void {
    if (isEmptyDraft(draft)) this.#drafts.delete(chatId);
    else this.#drafts.set(chatId, draft);
  }

  #store(chatId: number): void {
    const draft = this.#drafts.get(chatId);
    try {
      if (draft === undefined) this.#storage.removeItem(this.#prefix + String(chatId));
      else this.#storage.setItem(this.#prefix + String(chatId), JSON.stringify(draft));
    } catch {
      // Storage is full or blocked: the draft lasts as long as the page.
    }
  }

  #stored(): readonly (readonly [number, string | null])[] {
    try {
      const keys = Array.from({ length: this.#storage.length }, (_, index) => this.#storage.key(index) ?? "");
      return keys.flatMap((key) => {
        const chatId = this.#chatOf(key);
        return chatId === null ? [] : [[chatId, this.#storage.getItem(key)] as const];
      });
    } catch {
      // Storage is blocked.
      return [];
    }
  }

  /** Also in a draft that another tab has just written. */
  #isStored(fileKey: string): boolean {
    const stored = this.#stored().map(([, text]) => readDraft(text));
    return [...this.#drafts.values(), ...stored].some(({ files }) => files.some(({ key }) => key === fileKey));
  }

  #chatOf(key: string | null): number | null {
    if (key?.startsWith(this.#prefix) !== true) return null;
    const chatId = Number(key.slice(this.#prefix.length));
    return Number.isSafeInteger(chatId) && chatId > 0 ? chatId : null;
  }

  #publish(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
