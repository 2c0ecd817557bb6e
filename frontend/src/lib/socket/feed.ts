/** Turns the socket's pushes into a complete stream of typed changes: gaps are filled over REST, or reported as a reset. */
import type { Api } from "@/lib/api/routes";
import type { TabServices } from "@/lib/channel";
import { Connection, type ConnectionOptions, type ConnectionState, type Wire } from "./connection";
import { parseChange, type Change } from "./changes";
import { Cursors } from "./cursors";
import { isRecord, OWN, parseHeads, type Cursors as CursorValues, type Push } from "./frames";
import { SharedConnection } from "./shared";
import type { Account, Changes } from "@/types/wire";

/** Publishes may arrive out of order; a younger gap usually closes by itself. */
export const HOLE_MS = 400;
const RETRY_MS = 3_000;
/** Beyond this many pages, reading everything again is cheaper. */
const MAX_PAGES = 20;
/** A seq that no feed reaches: the answer has no changes, only the head. */
const BEYOND = Number.MAX_SAFE_INTEGER;

export interface FeedListener {
  /** One change. May arrive twice and out of order; the row's own seq decides. */
  readonly onChange?: (change: Change, accountId: number | null) => void;
  /** Too much was missed, or the server's database was restored: everything of this account has to be read again. */
  readonly onReset?: (accountId: number, account: Account) => void;
  /** The account was erased or is no longer shared with the user: drop all of its data. */
  readonly onLeft?: (accountId: number) => void;
  /** What belongs to the user has to be read again: what was read before the feed began may be old, or too much was missed. */
  readonly onOwnReset?: () => void;
  readonly onState?: (state: ConnectionState) => void;
}

export interface FeedOptions
  extends Pick<ConnectionOptions, "url" | "userId" | "token" | "renew" | "createSocket"> {
  readonly api: Pick<Api, "listChanges" | "listOwnChanges" | "fetchAccount">;
  /** With these the tabs of a browser share one socket; without, each has its own. */
  readonly tabServices?: TabServices | null;
}

export class Feed {
  readonly #api: FeedOptions["api"];
  readonly #wire: Wire;
  readonly #openChats = new Map<number, number>();
  readonly #cursors = new Cursors();
  readonly #listeners = new Set<FeedListener>();
  readonly #holeTimers = new Map<number, ReturnType<typeof setTimeout>>();
  readonly #filling = new Set<number>();
  readonly #resetting = new Set<number>();
  #stopped = false;

  constructor({ api, tabServices = null, ...connection }: FeedOptions) {
    this.#api = api;
    const options: ConnectionOptions = {
      ...connection,
      cursors: () => this.#cursors.values(),
      onPush: (push) => this.#receive(push),
      onJoined: (heads, since) => this.#noteJoined(heads, since),
      onState: (state) => this.#notify((listener) => listener.onState?.(state)),
    };
    this.#wire = tabServices === null ? new Connection(options) : new SharedConnection(options, tabServices);
  }

  get state(): ConnectionState {
    return this.#wire.state;
  }

  start(): void {
    this.#stopped = false;
    this.#wire.start();
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#holeTimers.values()) clearTimeout(timer);
    this.#holeTimers.clear();
    this.#wire.stop();
  }

  reconnectNow(): void {
    this.#wire.reconnectNow();
  }

  reauth(token: string): void {
    this.#wire.reauth(token);
  }

  /** Whether no known change is missing. */
  get isComplete(): boolean {
    return this.state === "live" && this.#cursors.accounts().every((id) => !this.#cursors.isBehind(id));
  }

  /** Shows this chat as open to colleagues until the returned function is called. */
  openChat(chatId: number): () => void {
    this.#countChat(chatId, 1);
    return () => this.#countChat(chatId, -1);
  }

  #countChat(chatId: number, change: number): void {
    const count = (this.#openChats.get(chatId) ?? 0) + change;
    if (count > 0) this.#openChats.set(chatId, count);
    else this.#openChats.delete(chatId);
    this.#wire.setChats(new Set(this.#openChats.keys()));
  }

  setTyping(chatId: number, isOn: boolean): void {
    this.#wire.setTyping(chatId, isOn);
  }

  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Starts tracking an account that was just read over REST at `seq`; no effect if it is tracked already. */
  track(accountId: number, seq: number): void {
    if (!this.#cursors.has(accountId)) this.#cursors.reach(accountId, seq);
  }

  forget(accountId: number): void {
    this.#cursors.forget(accountId);
    this.#clearHole(accountId);
  }

  #receive(push: Push): void {
    const { event, data, accountId } = push;
    if (event === "head") {
      this.#noteHeads(data);
    } else if (event === "reset") {
      const id = accountId ?? (isRecord(data) && typeof data.account_id === "number" ? data.account_id : null);
      if (id !== null) this.#resetSoon(id);
    } else if (event === "account:left") {
      if (accountId !== null) this.#leave(accountId);
    } else {
      this.#takeChange(push);
    }
  }

  /** A malformed change counts as missing, so that its row is read again with `listChanges`. */
  #takeChange({ event, data, accountId, seq }: Push): void {
    const change = parseChange(event, data);
    if (change === "malformed") this.#noteMissing(accountId, seq);
    else this.#see(accountId, seq);
    this.#publish(change, accountId);
  }

  #publish(change: ReturnType<typeof parseChange>, accountId: number | null): void {
    const ownerId = accountId === OWN ? null : accountId;
    if (typeof change !== "string") this.#notify((listener) => listener.onChange?.(change, ownerId));
  }

  #noteMissing(accountId: number | null, seq: number | null): void {
    if (accountId === null || seq === null || !this.#cursors.has(accountId)) return;
    this.#cursors.noteHead(accountId, seq);
    this.#watchHole(accountId);
  }

  /** Stops tracking an account the user no longer has. */
  #leave(accountId: number): void {
    this.forget(accountId);
    this.#notify((listener) => listener.onLeft?.(accountId));
  }

  #see(accountId: number | null, seq: number | null): void {
    if (accountId === null || seq === null) return;
    // An account that was never read: pushes from here on are complete, the rest is read over REST.
    if (this.#cursors.has(accountId)) this.#cursors.see(accountId, seq);
    else if (accountId !== OWN) this.#cursors.reach(accountId, seq);
    this.#watchHole(accountId);
  }

  /** Everything after the cursors we sent has been replayed; missing seqs were superseded by newer changes of their rows. */
  #noteJoined(heads: unknown, since: CursorValues): void {
    if (!isRecord(heads)) return;
    const joined = new Map(parseHeads(heads));
    for (const accountId of Object.keys(since).map(Number)) {
      if (!joined.has(accountId) && accountId !== OWN) this.#leave(accountId);
    }
    this.#beginOwn(joined.get(OWN));
    for (const [accountId, seq] of joined) {
      const asked = since[String(accountId)];
      if (asked === undefined || this.#resetting.has(accountId)) continue;
      // The head never decreases, unless a backup was restored.
      if (asked > seq) this.#resetSoon(accountId);
      else this.#cursors.reach(accountId, seq);
    }
    this.#noteHeads(heads);
  }

  /** The own feed begins with the first join; what was read until then may lack changes. */
  #beginOwn(seq: number | undefined): void {
    if (seq === undefined || this.#cursors.has(OWN)) return;
    this.#cursors.restart(OWN, seq);
    this.#notify((listener) => listener.onOwnReset?.());
  }

  #resetSoon(accountId: number): void {
    this.#resetting.add(accountId);
    // If it fails, the account stays behind its head, and the gap is filled page by page.
    void this.#reset(accountId).catch(() => undefined).finally(() => this.#resetting.delete(accountId));
  }

  #noteHeads(data: unknown): void {
    for (const [accountId, seq] of parseHeads(data)) {
      if (!this.#cursors.has(accountId)) continue;
      if (this.#cursors.get(accountId) > seq) void this.#doubt(accountId).catch(() => undefined);
      this.#cursors.noteHead(accountId, seq);
      this.#watchHole(accountId);
    }
  }

  /** Either the socket is behind REST, or the database was restored: ask the server. */
  async #doubt(accountId: number): Promise<void> {
    if (this.#resetting.has(accountId) || this.#filling.has(accountId)) return;
    const { reset } = await this.#listChanges(accountId, this.#cursors.get(accountId));
    if (reset === true && !this.#resetting.has(accountId)) this.#resetSoon(accountId);
  }

  #watchHole(accountId: number): void {
    if (!this.#cursors.isBehind(accountId)) this.#clearHole(accountId);
    else if (!this.#holeTimers.has(accountId) && !this.#filling.has(accountId)) this.#fillLater(accountId, HOLE_MS);
  }

  #fillLater(accountId: number, delay: number): void {
    const timer = setTimeout(() => {
      this.#holeTimers.delete(accountId);
      void this.#fill(accountId);
    }, delay);
    this.#holeTimers.set(accountId, timer);
  }

  #clearHole(accountId: number): void {
    clearTimeout(this.#holeTimers.get(accountId));
    this.#holeTimers.delete(accountId);
  }

  async #fill(accountId: number): Promise<void> {
    if (this.#filling.has(accountId) || !this.#cursors.isBehind(accountId)) return;
    this.#filling.add(accountId);
    let isDone = false;
    try {
      isDone = await this.#fetchChanges(accountId);
      if (!isDone) await this.#reset(accountId);
      isDone = true;
    } catch {
      // Unreachable or denied: retried until it works or the account is dropped.
    } finally {
      this.#filling.delete(accountId);
    }
    if (!this.#stopped && this.#cursors.isBehind(accountId)) this.#fillLater(accountId, isDone ? HOLE_MS : RETRY_MS);
  }

  /** Reads page by page up to the head; false if there is more than is worth reading. */
  async #fetchChanges(accountId: number): Promise<boolean> {
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const changes = await this.#listChanges(accountId, this.#cursors.get(accountId));
      if (changes.reset === true) return false;
      for (const { event, data } of changes.items) this.#publish(parseChange(event, data), accountId);
      this.#cursors.reach(accountId, changes.seq);
      if (!changes.more) return true;
    }
    return false;
  }

  #listChanges(accountId: number, since: number): Promise<Changes> {
    return accountId === OWN ? this.#api.listOwnChanges(since) : this.#api.listChanges(accountId, since);
  }

  /** The cursor moves before anything is read again, so that changes in between are replayed. */
  async #reset(accountId: number): Promise<void> {
    if (accountId === OWN) {
      const { seq } = await this.#api.listOwnChanges(BEYOND);
      this.#clearHole(OWN);
      this.#cursors.restart(OWN, seq);
      this.#notify((listener) => listener.onOwnReset?.());
      return;
    }
    const account = await this.#api.fetchAccount(accountId);
    this.#clearHole(accountId);
    this.#cursors.restart(accountId, account.seq);
    this.#notify((listener) => listener.onReset?.(accountId, account));
  }

  #notify(visit: (listener: FeedListener) => void): void {
    for (const listener of [...this.#listeners]) visit(listener);
  }
}
