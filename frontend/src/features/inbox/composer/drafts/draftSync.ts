/**
 * Saves drafts on the server, so that another device goes on where this one stopped. What is typed is stored here first
 * and sent a second later; of two devices the one that wrote later wins. Files stay on the device.
 */
import type { Api } from "@/lib/api/routes";
import { ApiError } from "@/lib/api/errors";
import type { SavedDraft } from "@/types/wire";
import type { Draft } from "./draft";
import type { Drafts } from "./drafts";

export const SAVE_MS = 1_000;
export const RETRY_MS = 5_000;

type DraftApi = Pick<Api, "saveDraft" | "listOwnDrafts">;

/** Unreachable, busy, or signed out. */
const isPassing = (error: unknown): boolean => error instanceof ApiError && (error.isPassing || error.status === 401);

export class DraftSync {
  readonly #drafts: Drafts;
  readonly #api: DraftApi;
  /** Chats whose draft has to be saved, with their account; an empty draft is no longer in `Drafts`. */
  readonly #unsaved = new Map<number, { readonly accountId: number; readonly at: number }>();
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  readonly #saving = new Set<number>();

  constructor(drafts: Drafts, api: DraftApi) {
    this.#drafts = drafts;
    this.#api = api;
  }

  open(): () => void {
    this.#drafts.onWritten = (chatId, accountId) => this.#note(chatId, accountId);
    const onHide = () => document.visibilityState === "hidden" && this.flush();
    document.addEventListener("visibilitychange", onHide);
    return () => {
      this.#drafts.onWritten = null;
      document.removeEventListener("visibilitychange", onHide);
      for (const timer of this.#timers.values()) clearTimeout(timer);
      this.#timers.clear();
    };
  }

  /** Saves everything now: the page is being hidden, or the server is there again. */
  flush(): void {
    for (const chatId of [...this.#unsaved.keys()]) void this.#save(chatId);
  }

  /** A draft as the server has it. */
  take({ account_id, chat_id, text, quoted, is_shared: isShared, written_at }: SavedDraft): void {
    const writtenAt = Date.parse(written_at);
    const unsaved = this.#unsaved.get(chat_id);
    if (unsaved !== undefined && unsaved.at > writtenAt) return;
    const known = this.#drafts.read(chat_id);
    if (known.isSaved ? writtenAt >= known.writtenAt : writtenAt > known.writtenAt) {
      this.#unsaved.delete(chat_id);
      this.#drafts.adopt(chat_id, { accountId: account_id, text, quoted, isShared, writtenAt });
    }
  }

  /** Reads all drafts: what was saved and is gone there was sent or deleted elsewhere. */
  async readAll(): Promise<void> {
    const startedAt = Date.now();
    const found = new Set<number>();
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<DraftApi["listOwnDrafts"]>> = await this.#api.listOwnDrafts(cursor);
      for (const draft of page.items) {
        found.add(draft.chat_id);
        this.take(draft);
      }
      cursor = page.next_cursor;
    } while (cursor !== null);
    for (const [chatId, draft] of this.#drafts.written()) {
      if (!draft.isSaved) this.#note(chatId, draft.accountId, draft.writtenAt);
      else if (!found.has(chatId) && draft.writtenAt < startedAt) this.#empty(chatId, draft);
    }
  }

  #empty(chatId: number, { accountId, writtenAt }: Draft): void {
    this.#drafts.adopt(chatId, { accountId, text: "", quoted: null, isShared: false, writtenAt });
  }

  #note(chatId: number, accountId: number, at = Date.now()): void {
    if (accountId === 0) return;
    this.#unsaved.set(chatId, { accountId, at });
    this.#saveLater(chatId, SAVE_MS);
  }

  #saveLater(chatId: number, delay: number): void {
    clearTimeout(this.#timers.get(chatId));
    this.#timers.set(chatId, setTimeout(() => void this.#save(chatId), delay));
  }

  async #save(chatId: number): Promise<void> {
    clearTimeout(this.#timers.get(chatId));
    this.#timers.delete(chatId);
    const unsaved = this.#unsaved.get(chatId);
    if (unsaved === undefined || this.#saving.has(chatId)) return;
    this.#saving.add(chatId);
    const { text, quoted, isShared } = this.#drafts.read(chatId);
    try {
      // A quoted message of one's own that is still being sent has no id there.
      const quoteId = quoted !== null && quoted.id > 0 ? quoted.id : null;
      const saved = await this.#api.saveDraft(unsaved.accountId, chatId, { text, quoteId, isShared, writtenAt: unsaved.at });
      this.#settle(chatId, unsaved.at, saved);
    } catch (error) {
      if (isPassing(error)) this.#saveLater(chatId, RETRY_MS);
      // Not allowed, or the chat was erased: it stays on this device.
      else if (this.#unsaved.get(chatId) === unsaved) this.#unsaved.delete(chatId);
    } finally {
      this.#saving.delete(chatId);
    }
    if (this.#unsaved.has(chatId) && !this.#timers.has(chatId)) this.#saveLater(chatId, SAVE_MS);
  }

  /** The answer is the draft that counts: this one, or that of a device which wrote later. */
  #settle(chatId: number, at: number, saved: SavedDraft): void {
    if (this.#unsaved.get(chatId)?.at !== at) return; // more was typed meanwhile
    this.#unsaved.delete(chatId);
    const { account_id: accountId, text, quoted, is_shared: isShared, written_at } = saved;
    this.#drafts.adopt(chatId, { accountId, text, quoted, isShared, writtenAt: Date.parse(written_at) });
  }
}
