/**
 * Messages on their way to the server. One that cannot go now waits, outlives the page, and goes by itself.
 *
 * Of each chat one message at a time is under way, in the order they were written, whichever tab they were
 * written in: the tab that holds the chat's lock sends. The client id makes a message that was sent twice one.
 */
import type { Channel, Surroundings } from "@/lib/channel";
import type { Message } from "@/types/wire";
import { MemoryShelf, type Shelf } from "./shelf";
import type { Pending } from "./store";

export type Post = (entry: Pending, onProgress: (share: number) => void) => Promise<readonly Message[]>;

export interface Failure {
  /** Whether the same may work later, without anybody changing anything. */
  readonly isPassing: boolean;
  readonly sentence: string;
}

export interface OutboxOptions {
  readonly post: Post;
  readonly explain: (error: unknown) => Failure;
  readonly onChange: () => void;
  readonly onRows: (rows: readonly Message[]) => void;
  readonly shelf?: Shelf | undefined;
  /** The other tabs of this user; left out, this one is alone. */
  readonly surroundings?: Surroundings | null | undefined;
  readonly name?: string | undefined;
}

export const RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;
/** An answer from yesterday may be out of place today: a person decides. */
export const STALE_MS = 12 * 3_600_000;
const STALE = "It was written a while ago and has waited since.";

const isBefore = (one: Pending, other: Pending) => (one.createdAt < other.createdAt ? -1 : 1);
const isDue = (entry: Pending) => entry.error === null;

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #shelf: Shelf;
  readonly #name: string;
  #channel: Channel | null = null;
  #isOpen = false;
  readonly #turns = new Map<number, Promise<void>>();
  /** Not on the shelf: not yet, or the browser would not take it. */
  readonly #loose = new Set<string>();
  /** Sent or discarded here; the shelf may still say otherwise for a moment. */
  readonly #gone = new Set<string>();
  #entries: readonly Pending[] = [];
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#shelf = options.shelf ?? new MemoryShelf();
    this.#name = options.name ?? "confab-outbox";
  }

  get entries(): readonly Pending[] {
    return this.#entries;
  }

  /** Take over what an earlier page left, and try by itself from here on. */
  async open(): Promise<void> {
    this.#isOpen = true;
    this.#channel ??= this.#options.surroundings?.openChannel(this.#name, () => void this.#follow()) ?? null;
    await this.#reload();
    const now = Date.now();
    const old = this.#entries.filter((entry) => isDue(entry) && now - new Date(entry.createdAt).getTime() > STALE_MS);
    for (const entry of old) await this.#settle(entry.clientId, { error: STALE, waiting: null });
    await this.flush();
  }

  /** Returns when it has been tried. */
  async add(entry: Pending): Promise<void> {
    this.#loose.add(entry.clientId);
    this.#put([...this.#entries, { ...entry, createdAt: this.#timeFor(entry) }]);
    await this.#keep(entry.clientId);
    await this.#drain(entry.chatId);
  }

  async retry(clientId: string): Promise<void> {
    const entry = this.#find(clientId);
    if (entry === undefined) return;
    if (entry.error !== null) await this.#settle(clientId, { error: null, waiting: null });
    await this.#drain(entry.chatId);
  }

  /** It has arrived, or nobody wants it any more. */
  drop(clientId: string): void {
    if (this.#find(clientId) === undefined) return;
    this.#gone.add(clientId);
    this.#put(this.#entries.filter((entry) => entry.clientId !== clientId));
    void this.#shelf.remove(clientId).then(() => this.#channel?.post("changed")).catch(() => undefined);
  }

  async clear(): Promise<void> {
    for (const { clientId } of this.#entries) this.#gone.add(clientId);
    this.#put([]);
    await this.#shelf.clear().catch(() => undefined);
    this.#channel?.post("changed");
  }

  /** Try now whatever waits. */
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
    const turn = (this.#turns.get(chatId) ?? Promise.resolve()).then(() => this.#alone(chatId, () => this.#sendAll(chatId)));
    this.#turns.set(chatId, turn);
    return turn;
  }

  #alone(chatId: number, run: () => Promise<void>): Promise<void> {
    const locks = this.#options.surroundings?.locks;
    return locks === undefined ? run() : locks.request(`${this.#name}-${chatId}`, {}, run);
  }

  async #sendAll(chatId: number): Promise<void> {
    await this.#reload();
    for (;;) {
      const entry = this.#entries.find((one) => one.chatId === chatId && isDue(one));
      if (entry === undefined || !(await this.#send(entry))) return;
    }
  }

  /** False when the chat has to wait. */
  async #send(entry: Pending): Promise<boolean> {
    const { clientId, chatId } = entry;
    try {
      const rows = await this.#options.post(entry, (share) => this.#change(clientId, { share }));
      this.#failures = 0;
      this.#options.onRows(rows);
      this.drop(clientId);
      return true;
    } catch (error) {
      const { isPassing, sentence } = this.#options.explain(error);
      if (!isPassing) await this.#settle(clientId, { error: sentence, waiting: null });
      else this.#wait(chatId, sentence);
      return !isPassing;
    }
  }

  #wait(chatId: number, sentence: string): void {
    this.#put(this.#entries.map((one) => (one.chatId === chatId && isDue(one) ? { ...one, waiting: sentence } : one)));
    const delay = RETRY_MS + Math.random() * Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#timer ??= setTimeout(() => void this.flush(), delay);
  }

  // -- what is kept ---------------------------------------------------------------------------------------------

  /** Another tab has written, sent or discarded something. */
  async #follow(): Promise<void> {
    await this.#reload();
    await this.flush();
  }

  async #reload(): Promise<void> {
    const shelved = await this.#shelf.list().catch(() => []);
    const held = new Map(this.#entries.map((entry) => [entry.clientId, entry]));
    const fresh = shelved
      .filter(({ clientId }) => !this.#gone.has(clientId) && !this.#loose.has(clientId))
      .map((entry) => {
        const { share = 0, waiting = null } = held.get(entry.clientId) ?? {};
        return { ...entry, share, waiting };
      });
    this.#put([...this.#entries.filter((entry) => this.#loose.has(entry.clientId)), ...fresh]);
  }

  /** A change that outlives the page. */
  async #settle(clientId: string, fields: Partial<Pending>): Promise<void> {
    this.#change(clientId, fields);
    await this.#keep(clientId);
  }

  async #keep(clientId: string): Promise<void> {
    const entry = this.#find(clientId);
    if (entry === undefined) return;
    try {
      await this.#shelf.put({ ...entry, share: 0, waiting: null, isLoose: false });
      this.#loose.delete(clientId);
      this.#channel?.post("changed");
    } catch {
      this.#change(clientId, { isLoose: true });
    }
  }

  /** A later message has a later time, also within one millisecond. */
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
