/**
 * The queue of unsent messages. A message that cannot be sent now is stored, survives the page, and is retried
 * automatically. Each chat sends one message at a time, in the order they were written, whichever tab they were written
 * in: the tab that holds the chat's lock sends. The client id makes retries idempotent. Only a stalled upload is
 * overtaken: later messages do not wait for it.
 */
import { t } from "@/i18n/translate";
import type { Channel } from "@/lib/channel";
import { inTurn } from "@/lib/turns";
import type { OutboxOptions } from "./outboxOptions";
import { MemoryStorage, type OutboxStorage } from "./outboxStorage";
import { isHeld, type NewerItems, type Pending } from "./pending";

/** What the outcome of one message means for the next. */
type Outcome = "next" | "overtaken" | "wait";

export const RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;
const MAX_PATIENCE = 4;
/** An old reply may no longer fit: the user decides whether to send it. */
export const STALE_MS = 12 * 3_600_000;

const isBefore = (one: Pending, other: Pending) => (one.createdAt < other.createdAt ? -1 : 1);
const isDue = (entry: Pending) => entry.error === null && !isHeld(entry);

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #storage: OutboxStorage;
  readonly #name: string;
  #channel: Channel | null = null;
  #isOpen = false;
  readonly #turns = new Map<number, Promise<void>>();
  /** Not stored: not yet, or the browser rejected it. */
  readonly #loose = new Set<string>();
  /** Sent or discarded here; the storage may still list them for a moment. */
  readonly #dropped = new Set<string>();
  /** How often an upload has stalled: it is retried after all other messages of its chat. */
  readonly #stalled = new Map<string, number>();
  /** Aborts the request of a message that is being sent. */
  readonly #underWay = new Map<string, AbortController>();
  #entries: readonly Pending[] = [];
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#storage = options.storage ?? new MemoryStorage();
    this.#name = options.name ?? "confab-outbox";
  }

  get entries(): readonly Pending[] {
    return this.#entries;
  }

  /** Loads what an earlier page left unsent, and sends automatically from here on. */
  async open(): Promise<void> {
    this.#isOpen = true;
    this.#channel ??= this.#options.tabServices?.openChannel(this.#name, () => void this.#follow()) ?? null;
    await this.#reload();
    const now = Date.now();
    const old = this.#entries.filter((entry) => isDue(entry) && now - new Date(entry.createdAt).getTime() > STALE_MS);
    for (const entry of old) await this.#settle(entry.clientId, { error: t("messages.waiting.stale"), waiting: null });
    await this.flush();
  }

  /** Resolves after the first attempt. */
  async add(entry: Pending): Promise<void> {
    this.#loose.add(entry.clientId);
    this.#put([...this.#entries, { ...entry, createdAt: this.#timeFor(entry) }]);
    await this.#store(entry.clientId);
    await this.#drain(entry.chatId);
  }

  async retry(clientId: string): Promise<void> {
    const entry = this.#find(clientId);
    if (entry === undefined) return;
    if (entry.error !== null) await this.#settle(clientId, { error: null, waiting: null });
    await this.#drain(entry.chatId);
  }

  /** Sends what was held in a chat, in order, whatever its writer had not seen. */
  async release(chatId: number): Promise<void> {
    const held = this.#entries.filter((entry) => entry.chatId === chatId && isHeld(entry));
    for (const { clientId } of held) await this.#settle(clientId, { held: null, isReleased: true });
    await this.#drain(chatId);
  }

  /** Removes a message that was delivered or is no longer wanted. */
  drop(clientId: string): void {
    if (this.#find(clientId) === undefined) return;
    this.#dropped.add(clientId);
    this.#stalled.delete(clientId);
    this.#put(this.#entries.filter((entry) => entry.clientId !== clientId));
    void this.#storage.remove(clientId).then(() => this.#channel?.post("changed")).catch(() => undefined);
  }

  /** Removes an unwanted message, even during its upload, and returns it. */
  discard(clientId: string): Pending | undefined {
    const entry = this.#find(clientId);
    this.drop(clientId);
    this.#underWay.get(clientId)?.abort();
    return entry;
  }

  /** Takes back what was discarded, as it was: a failed message is not sent again. */
  async restore(entry: Pending): Promise<void> {
    this.#dropped.delete(entry.clientId);
    this.#loose.add(entry.clientId);
    this.#put([...this.#entries.filter(({ clientId }) => clientId !== entry.clientId), { ...entry, share: 0, waiting: null }]);
    await this.#store(entry.clientId);
    await this.#drain(entry.chatId);
  }

  async clear(): Promise<void> {
    for (const { clientId } of this.#entries) {
      this.#dropped.add(clientId);
      this.#underWay.get(clientId)?.abort();
    }
    this.#put([]);
    await this.#storage.clear().catch(() => undefined);
    this.#channel?.post("changed");
  }

  /** Sends everything that is waiting now. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#isOpen) return;
    await Promise.all([...new Set(this.#entries.filter(isDue).map((entry) => entry.chatId))].map((id) => this.#drain(id)));
  }

  close(): void {
    this.#isOpen = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#channel?.close();
    this.#channel = null;
  }

  // -- sending --------------------------------------------------------------------------------------------------

  #drain(chatId: number): Promise<void> {
    const turn = (this.#turns.get(chatId) ?? Promise.resolve()).then(() => this.#takeTurn(chatId));
    this.#turns.set(chatId, turn);
    return turn;
  }

  async #takeTurn(chatId: number): Promise<void> {
    try {
      const tabServices = this.#options.tabServices ?? null;
      await inTurn(tabServices, `${this.#name}-${chatId}`, (lost) => this.#sendAll(chatId, lost));
    } catch {
      // Another tab took the lock because this one was frozen. The rest is sent later.
      this.#flushLater();
    }
  }

  async #sendAll(chatId: number, lost: AbortSignal): Promise<void> {
    await this.#reload();
    const overtaken = new Set<string>();
    while (!lost.aborted) {
      const entry = this.#next(chatId, overtaken);
      const outcome = entry === undefined ? "wait" : await this.#send(entry);
      if (entry === undefined || outcome === "wait") return;
      if (outcome === "overtaken") overtaken.add(entry.clientId);
    }
  }

  #next(chatId: number, overtaken: ReadonlySet<string>): Pending | undefined {
    const due = this.#entries.filter((one) => one.chatId === chatId && isDue(one) && !overtaken.has(one.clientId));
    return due.find(({ clientId }) => !this.#stalled.has(clientId)) ?? due[0];
  }

  async #send(entry: Pending): Promise<Outcome> {
    const { clientId } = entry;
    const request = new AbortController();
    this.#underWay.set(clientId, request);
    try {
      const rows = await this.#options.post(entry, {
        onProgress: (share) => this.#change(clientId, { share }),
        signal: request.signal,
        patience: Math.min(MAX_PATIENCE, 2 ** (this.#stalled.get(clientId) ?? 0)),
      });
      this.#failures = 0;
      this.#options.onRows(rows);
      this.drop(clientId);
      return "next";
    } catch (error) {
      return request.signal.aborted ? "next" : await this.#fail(entry, error);
    } finally {
      this.#underWay.delete(clientId);
    }
  }

  async #fail({ clientId, chatId }: Pending, error: unknown): Promise<Outcome> {
    const { isPassing, sentence, isStalled = false, newer = null } = this.#options.explain(error);
    if (newer !== null) return this.#hold(clientId, newer);
    if (!isPassing) {
      await this.#settle(clientId, { error: sentence, waiting: null });
      return "next";
    }
    if (isStalled) {
      this.#stalled.set(clientId, (this.#stalled.get(clientId) ?? 0) + 1);
      this.#change(clientId, { waiting: sentence, share: 0 });
    } else {
      this.#put(this.#entries.map((one) => (one.chatId === chatId && isDue(one) ? { ...one, waiting: sentence } : one)));
    }
    this.#flushLater();
    return isStalled ? "overtaken" : "wait";
  }

  /** The writer sees what is newer; the message waits, in all tabs, until they decide. */
  async #hold(clientId: string, { messages, activities }: NewerItems): Promise<Outcome> {
    this.#options.onRows(messages);
    const held = { messages: messages.map(({ id, author }) => ({ id, author })), activities };
    await this.#settle(clientId, { held, waiting: null, share: 0 });
    return "next";
  }

  #flushLater(): void {
    const delay = RETRY_MS + Math.random() * Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#timer ??= setTimeout(() => void this.flush(), delay);
  }

  // -- storage --------------------------------------------------------------------------------------------------

  /** Another tab has added, sent or discarded a message. */
  async #follow(): Promise<void> {
    await this.#reload();
    await this.flush();
  }

  async #reload(): Promise<void> {
    const stored = await this.#storage.list().catch(() => null);
    // If the database fails, keep what is in memory.
    if (stored === null) return;
    const known = new Map(this.#entries.map((entry) => [entry.clientId, entry]));
    const fresh = stored
      .filter(({ clientId }) => !this.#dropped.has(clientId) && !this.#loose.has(clientId))
      .map((entry) => {
        const { share = 0, waiting = null } = known.get(entry.clientId) ?? {};
        return { ...entry, share, waiting };
      });
    this.#put([...this.#entries.filter((entry) => this.#loose.has(entry.clientId)), ...fresh]);
  }

  /** A change that is stored. */
  async #settle(clientId: string, fields: Partial<Pending>): Promise<void> {
    this.#change(clientId, fields);
    await this.#store(clientId);
  }

  async #store(clientId: string): Promise<void> {
    const entry = this.#find(clientId);
    if (entry === undefined) return;
    try {
      await this.#storage.put({ ...entry, share: 0, waiting: null, isUnstored: false });
      this.#loose.delete(clientId);
      this.#channel?.post("changed");
    } catch {
      this.#change(clientId, { isUnstored: true });
    }
  }

  /** Ensures ascending times, even within one millisecond. */
  #timeFor(entry: Pending): string {
    const last = this.#entries.findLast((one) => one.chatId === entry.chatId)?.createdAt ?? "";
    return entry.createdAt > last ? entry.createdAt : new Date(new Date(last).getTime() + 1).toISOString();
  }

  #find(clientId: string): Pending | undefined {
    return this.#entries.find((entry) => entry.clientId === clientId);
  }

  #change(clientId: string, fields: Partial<Pending>): void {
    this.#put(this.#entries.map((entry) => (entry.clientId === clientId ? { ...entry, ...fields } : entry)));
  }

  #put(entries: readonly Pending[]): void {
    if (entries.length === 0 && this.#entries.length === 0) return;
    this.#entries = [...entries].sort(isBefore);
    this.#options.onChange();
  }
}
