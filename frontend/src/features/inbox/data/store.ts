/** Rows newer than the query cache, from the socket and from responses, and the unsent messages. */
import type { TabServices } from "@/lib/channel";
import type { ErasureChange } from "@/lib/socket/changes";
import { isNewer } from "@/lib/rows";
import type { Chat, Contact, Message } from "@/types/wire";
import { contactKey, type Contacts } from "./contacts";
import { Tombstones } from "./tombstones";
import { Outbox, type Failure, type Post } from "./outbox";
import type { OutboxStorage } from "./outboxStorage";
import type { Pending, PendingExtras } from "./pending";

/** The delivery state of an outgoing message. */
export type Progress = Pick<Message, "id" | "seq" | "status">;

export interface Snapshot {
  readonly chats: ReadonlyMap<number, Chat>;
  /** By message: a new delivery state does not push the chat's row. */
  readonly progress: ReadonlyMap<number, Progress>;
  readonly messages: ReadonlyMap<number, ReadonlyMap<number, Message>>;
  /** Optimistic rows, until the server's newer row replaces them. */
  readonly guesses: ReadonlyMap<number, Message>;
  readonly pending: readonly Pending[];
  readonly contacts: Contacts;
  readonly tombstones: Tombstones;
}

export interface StoreOptions {
  readonly post: Post;
  /** Whether the chat's messages are cached: of other chats no rows are stored, they are read when opened. */
  readonly isThreadCached: (accountId: number, chatId: number) => boolean;
  readonly describeError: (error: unknown) => string;
  /** Whether a retry may succeed; by default false. */
  readonly isPassing?: (error: unknown) => boolean;
  /** Whether an upload stalled; by default false. */
  readonly isStalled?: (error: unknown) => boolean;
  readonly storage?: OutboxStorage;
  readonly tabServices?: TabServices | null;
  readonly outboxName?: string;
}

/** Batches a burst of events into one render. */
const PUBLISH_MS = 16;
/** How long an accepted change is shown before it is confirmed. */
const GUESS_MS = 15_000;

export class InboxStore {
  readonly #options: StoreOptions;
  readonly #listeners = new Set<() => void>();
  readonly outbox: Outbox;
  #chats = new Map<number, Chat>();
  #progress = new Map<number, Progress>();
  #messages = new Map<number, ReadonlyMap<number, Message>>();
  #guesses = new Map<number, Message>();
  #contacts = new Map<string, Contact>();
  #tombstones = new Tombstones();
  #snapshot: Snapshot = { chats: new Map(), progress: new Map(), messages: new Map(), guesses: new Map(), pending: [], contacts: new Map(), tombstones: new Tombstones() };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.outbox = new Outbox({
      post: options.post,
      explain: (error) => this.#explain(error),
      onChange: () => this.#publish(),
      onRows: (rows) => {
        for (const row of rows) this.applyMessage(row);
      },
      storage: options.storage,
      tabServices: options.tabServices,
      name: options.outboxName,
    });
  }

  #explain(error: unknown): Failure {
    const { describeError, isPassing, isStalled } = this.#options;
    return { isPassing: isPassing?.(error) ?? false, isStalled: isStalled?.(error) ?? false, sentence: describeError(error) };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): Snapshot => this.#snapshot;

  applyChat(chat: Chat): void {
    if (this.#tombstones.hasChat(chat) || !isNewer(chat, this.#chats.get(chat.id))) return;
    this.#chats.set(chat.id, chat);
    this.#publishSoon();
  }

  /** Shows this contact's messages with their new name and picture from now on. */
  applyContact(contact: Contact): void {
    for (const id of contact.provider_ids) {
      const key = contactKey(contact.account_id, id);
      if (contact.seq >= (this.#contacts.get(key)?.seq ?? 0)) this.#contacts.set(key, contact);
    }
    this.#publishSoon();
  }

  /** Drops the account's live rows, which are read again without what was erased meanwhile. */
  forgetAccount(accountId: number): void {
    // Delivery states carry no account id; they are read again with the chats.
    this.#progress.clear();
    for (const [key, contact] of this.#contacts) if (contact.account_id === accountId) this.#contacts.delete(key);
    for (const [id, chat] of this.#chats) if (chat.account_id === accountId) this.#chats.delete(id);
    for (const [id, rows] of this.#messages) {
      if ([...rows.values()].some((row) => row.account_id === accountId)) this.#messages.delete(id);
    }
    this.#publishSoon();
  }

  /** Drops everything of an account the user no longer has, unsent messages included. */
  leaveAccount(accountId: number): void {
    this.forgetAccount(accountId);
    for (const entry of this.outbox.entries) if (entry.accountId === accountId) this.outbox.drop(entry.clientId);
  }

  /** Drops what was erased, and rejects late copies of it. */
  erase(change: ErasureChange): Tombstones {
    this.#tombstones = this.#tombstones.with(change);
    const { event, data: { id } } = change;
    if (event === "contact:erased") this.#forgetContact(id);
    if (event === "chat:erased") this.#forgetChat(id);
    for (const [chatId, rows] of this.#messages) {
      this.#messages.set(chatId, new Map([...rows].filter(([, row]) => !this.#tombstones.hasMessage(row))));
    }
    for (const guess of [...this.#guesses.values()]) if (this.#tombstones.hasMessage(guess)) this.#guesses.delete(guess.id);
    this.#publishSoon();
    return this.#tombstones;
  }

  #forgetContact(id: number): void {
    for (const [key, contact] of this.#contacts) if (contact.id === id) this.#contacts.delete(key);
  }

  /** Its unsent messages are dropped too. */
  #forgetChat(id: number): void {
    this.#chats.delete(id);
    this.#messages.delete(id);
    for (const entry of this.outbox.entries) if (entry.chatId === id) this.outbox.drop(entry.clientId);
  }

  /** True if the row is newer than the known one. */
  applyMessage(message: Message): boolean {
    const isNew = this.#take(message);
    // Only now, so that one of the two is always shown.
    if (message.client_id !== null) this.outbox.drop(message.client_id);
    return isNew;
  }

  #take(message: Message): boolean {
    if (this.#tombstones.hasMessage(message)) return false;
    if (message.direction === "out") this.#noteProgress(message);
    if (!this.#options.isThreadCached(message.account_id, message.chat_id)) return true;
    const current = this.#messages.get(message.chat_id);
    if (!isNewer(message, current?.get(message.id))) return false;
    this.#messages.set(message.chat_id, new Map(current).set(message.id, message));
    const guess = this.#guesses.get(message.id);
    if (guess !== undefined && isNewer(message, guess)) this.#guesses.delete(message.id);
    this.#publishSoon();
    return true;
  }

  #noteProgress({ id, seq, status }: Message): void {
    if (!isNewer({ id, seq }, this.#progress.get(id))) return;
    this.#progress.set(id, { id, seq, status });
    this.#publishSoon();
  }

  forgetThread(chatId: number): void {
    if (this.#messages.delete(chatId)) this.#publishSoon();
  }

  /** Shows a change immediately and requests it; the response replaces it, an error reverts it. */
  async amend(guess: Message, request: () => Promise<Message>): Promise<void> {
    this.#guesses.set(guess.id, guess);
    this.#publish();
    try {
      this.applyMessage(await request());
      // Accepted, but not confirmed yet: either the change follows as a push, or the old row is shown again.
      setTimeout(() => this.#dropGuess(guess), GUESS_MS);
    } catch (error) {
      this.#dropGuess(guess);
      throw error;
    }
  }

  #dropGuess(guess: Message): void {
    if (this.#guesses.get(guess.id) !== guess) return;
    this.#guesses.delete(guess.id);
    this.#publishSoon();
  }

  /** Resolves after the first attempt. */
  send(accountId: number, chatId: number, text: string, clientId: string, extras: PendingExtras = {}): Promise<void> {
    const createdAt = new Date().toISOString();
    return this.outbox.add({ clientId, accountId, chatId, text, ...extras, createdAt, error: null });
  }

  /** Sends again with the same client id: if the first attempt did arrive, it is not sent twice. */
  retry(clientId: string): Promise<void> {
    return this.outbox.retry(clientId);
  }

  discard(clientId: string): void {
    this.outbox.discard(clientId);
    this.#publish();
  }

  #publishSoon(): void {
    this.#timer ??= setTimeout(() => this.#publish(), PUBLISH_MS);
  }

  #publish(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#snapshot = {
      chats: new Map(this.#chats),
      progress: new Map(this.#progress),
      messages: new Map(this.#messages),
      guesses: new Map(this.#guesses),
      pending: this.outbox.entries,
      contacts: new Map(this.#contacts),
      tombstones: this.#tombstones,
    };
    for (const listener of [...this.#listeners]) listener();
  }
}
