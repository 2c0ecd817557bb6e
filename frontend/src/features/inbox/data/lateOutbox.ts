/**
 * An outbox from the first render on: its code is loaded after the first page. What is asked of it before waits in memory
 * only, so what a user wrote stays a draft until `isAttached`.
 */
import type { Outbox } from "./outbox";
import type { OutboxOptions } from "./outboxOptions";
import type { Pending } from "./pending";

export type OutboxHooks = Pick<OutboxOptions, "onChange" | "onRows">;

type Task = (outbox: Outbox) => Promise<void>;

export class LateOutbox {
  readonly #hooks: OutboxHooks;
  #outbox: Outbox | null = null;
  readonly #waiting: ((outbox: Outbox) => void)[] = [];

  constructor(hooks: OutboxHooks) {
    this.#hooks = hooks;
  }

  /** Makes the outbox, the first time, and returns it. */
  attach(make: (hooks: OutboxHooks) => Outbox): Outbox {
    const outbox = (this.#outbox ??= make(this.#hooks));
    for (const run of this.#waiting.splice(0)) run(outbox);
    return outbox;
  }

  get isAttached(): boolean {
    return this.#outbox !== null;
  }

  attached(): Promise<void> {
    return this.#do(() => Promise.resolve());
  }

  get entries(): readonly Pending[] {
    return this.#outbox?.entries ?? [];
  }

  add(entry: Pending): Promise<void> {
    return this.#do((outbox) => outbox.add(entry));
  }

  retry(clientId: string): Promise<void> {
    return this.#do((outbox) => outbox.retry(clientId));
  }

  release(chatId: number): Promise<void> {
    return this.#do((outbox) => outbox.release(chatId));
  }

  restore(entry: Pending): Promise<void> {
    return this.#do((outbox) => outbox.restore(entry));
  }

  drop(clientId: string): void {
    this.#outbox?.drop(clientId);
  }

  discard(clientId: string): Pending | undefined {
    return this.#outbox?.discard(clientId);
  }

  /** Signing out does not wait for code that may never come: what is stored is sent after the next sign-in. */
  async clear(): Promise<void> {
    await this.#outbox?.clear();
  }

  #do(task: Task): Promise<void> {
    if (this.#outbox !== null) return task(this.#outbox);
    // eslint-disable-next-line confab/bounded-waits -- nothing is sent without the outbox, and it is asked for until it is there
    return new Promise((resolve, reject) => this.#waiting.push((outbox) => void task(outbox).then(resolve, reject)));
  }
}
