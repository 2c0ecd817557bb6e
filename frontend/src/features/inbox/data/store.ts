/** Rows newer than the query cache, from the socket and from responses, and the unsent messages. */
import type { ErasureChange } from "@/lib/socket/changes";
import { isNewer } from "@/lib/rows";
import type { Chat, Contact, Message } from "@/types/wire";
import { ChatGuesses, type ChatChange, type Guessed } from "./chatGuesses";
import { contactKey, type Contacts } from "./contacts";
import { Tombstones } from "./tombstones";
import { LateOutbox } from "./lateOutbox";
import { LiveThreads } from "./liveThreads";
import { OwnStates } from "./ownStates";
import type { Pending, PendingExtras } from "./pending";

/** The delivery state of an outgoing message. */
export type Progress = Pick<Message, "id" | "seq" | "status">;

export interface Snapshot {
  readonly chats: ReadonlyMap<number, Chat>;
  /** By message: a new delivery state does not push the chat's row. */
  readonly progress: ReadonlyMap<number, Progress>;
  readonly messages: ReadonlyMap<number, ReadonlyMap<number, Message>>;
  /** By chat: the last live message that is held; later ones are read when they are scrolled to. */
  readonly cuts: ReadonlyMap<number, number>;
  /** Optimistic rows, until the server's newer row replaces them. */
  readonly guesses: ReadonlyMap<number, Message>;
  readonly chatGuesses: Guessed;
  /** The chats that the user of this window has moved to another place in the list, in order. */
  readonly ownMoves: readonly number[];
  readonly pending: readonly Pending[];
  readonly contacts: Contacts;
  readonly tombstones: Tombstones;
}

export interface StoreOptions {
  /** Whether the chat's messages are cached: of other chats no rows are stored, they are read when opened. */
  readonly isThreadCached: (accountId: number, chatId: number) => boolean;
  /** A chat has a newer row, from the feed or an answer. */
  readonly onChat?: (before: Chat | undefined, chat: Chat) => void;
}

/** A burst of events is rendered once in this time; an event alone is rendered at once. */
const PUBLISH_MS = 16;
/** How long an accepted change is shown before it is confirmed. */
const GUESS_MS = 15_000;

export class InboxStore {
  readonly #options: StoreOptions;
  readonly #listeners = new Set<() => void>();
  readonly outbox: LateOutbox;
  readonly ownStates = new OwnStates();
  #chats = new Map<number, Chat>();
  #progress = new Map<number, Progress>();
  readonly #threads = new LiveThreads();
  #guesses = new Map<number, Message>();
  readonly #chatGuesses = new ChatGuesses();
  #ownMoves: readonly number[] = [];
  #contacts = new Map<string, Contact>();
  #tombstones = new Tombstones();
  #snapshot: Snapshot = { chats: new Map(), progress: new Map(), messages: new Map(), cuts: new Map(), guesses: new Map(), chatGuesses: new Map(), ownMoves: [], pending: [], contacts: new Map(), tombstones: new Tombstones() };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #publishedAt = -Infinity;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.outbox = new LateOutbox({
      onChange: () => this.#publish(),
      onRows: (rows) => {
        for (const row of rows) this.applyMessage(row);
      },
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): Snapshot => this.#snapshot;

  applyChat(chat: Chat): void {
    const before = this.#chats.get(chat.id);
    this.#tombstones = this.#tombstones.showing(chat);
    if (this.#tombstones.hasChat(chat) || !isNewer(chat, before)) return;
    this.#options.onChat?.(before, chat);
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
    this.#threads.forgetAccount(accountId);
    this.#tombstones = this.#tombstones.showingAll();
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
    if (event === "chat:erased" || event === "chat:hidden") this.#forgetChat(id);
    this.#threads.drop(this.#tombstones.hasMessage);
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
    this.#threads.forget(id);
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
    if (!this.#threads.take(message)) return false;
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
    if (this.#threads.forget(chatId)) this.#publishSoon();
  }

  /** The newest page of the chat was just read: only live rows beyond it are still needed. */
  settleThread(chatId: number, newest: readonly Message[]): void {
    this.#threads.settle(chatId, newest);
    this.#publish();
  }

  /** The rows after the last live one were just read. */
  resumeThread(chatId: number): void {
    this.#threads.resume(chatId);
    this.#publishSoon();
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

  /** The same for a chat. */
  changeChat(id: number, change: ChatChange, request: () => Promise<Chat>): Promise<void> {
    return this.changeChats(new Map([[id, change]]), async () => [await request()]);
  }

  /** The same for many chats: requested once, after the earlier changes of each of them. */
  async changeChats(changes: ReadonlyMap<number, ChatChange>, request: () => Promise<readonly Chat[]>): Promise<void> {
    const takeBacks = [...changes].map(([id, change]) => this.#chatGuesses.add(id, change));
    const noteMoves = () => changes.forEach((change, id) => this.#noteMove(id, change));
    noteMoves();
    this.#publish();
    try {
      for (const row of await this.#chatGuesses.inOrder([...changes.keys()], request)) this.applyChat(row);
    } catch (error) {
      noteMoves();
      throw error;
    } finally {
      for (const takeBack of takeBacks) takeBack();
      this.#publish();
    }
  }

  #noteMove(id: number, { archived, pinned, status, assignee }: ChatChange): void {
    if ([archived, pinned, status, assignee].some((change) => change !== undefined)) this.#ownMoves = [...this.#ownMoves, id];
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

  discard(clientId: string): Pending | undefined {
    const entry = this.outbox.discard(clientId);
    this.#publish();
    return entry;
  }

  restore(entry: Pending): Promise<void> {
    return this.outbox.restore(entry);
  }

  #publishSoon(): void {
    const passed = performance.now() - this.#publishedAt;
    this.#timer ??= setTimeout(() => this.#publish(), Math.max(0, PUBLISH_MS - passed));
  }

  #publish(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#publishedAt = performance.now();
    this.#snapshot = {
      chats: new Map(this.#chats),
      progress: new Map(this.#progress),
      messages: this.#threads.rows(),
      cuts: this.#threads.cuts(),
      guesses: new Map(this.#guesses),
      chatGuesses: this.#chatGuesses.guessed,
      ownMoves: this.#ownMoves,
      pending: this.outbox.entries,
      contacts: new Map(this.#contacts),
      tombstones: this.#tombstones,
    };
    for (const listener of [...this.#listeners]) listener();
  }
}
