/**
 * Runs a task in one tab at a time for all tabs of the browser. The tab that holds the Web Lock answers when it is
 * asked, however long its work takes. A tab that was frozen or discarded while holding the lock does not answer, and
 * loses it.
 */
import type { Channel, TabServices } from "@/lib/channel";

/** How often a waiting tab asks whether the lock holder is alive. */
export const ASK_MS = 5_000;
/** How long the holder may take to answer. */
export const ANSWER_MS = 3_000;
/** Waiting tabs do not steal at the same moment. */
const SPREAD_MS = 500;

type TabMessage = "alive?" | "alive";

/** Runs `work` as the only tab; its signal is aborted when another tab has stolen the lock. */
export function inTurn(tabServices: TabServices | null, name: string, work: (lost: AbortSignal) => Promise<void>): Promise<void> {
  return tabServices === null ? work(new AbortController().signal) : new Turn(tabServices, name, work).take();
}

class Turn {
  readonly #tabServices: TabServices;
  readonly #name: string;
  readonly #work: (lost: AbortSignal) => Promise<void>;
  readonly #waiting = new AbortController();
  readonly #lost = new AbortController();
  #channel: Channel | null = null;
  #isHolding = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tabServices: TabServices, name: string, work: (lost: AbortSignal) => Promise<void>) {
    this.#tabServices = tabServices;
    this.#name = name;
    this.#work = work;
  }

  async take(): Promise<void> {
    this.#channel = this.#tabServices.openChannel(`turn:${this.#name}`, (message) => this.#receive(message as TabMessage));
    this.#askLater();
    try {
      await this.#request({ signal: this.#waiting.signal });
    } finally {
      this.#end();
    }
  }

  /** Stealing aborts the waiting request and replaces it. */
  async #request(options: LockOptions): Promise<void> {
    try {
      // eslint-disable-next-line confab/bounded-waits -- a holder that does not answer is robbed (#askLater)
      await this.#tabServices.locks.request(this.#name, options, () => this.#holdLock());
    } catch (error) {
      if (this.#isHolding) this.#lost.abort(error);
      else if (this.#waiting.signal.aborted && options.steal !== true) return this.#request({ steal: true });
      throw error;
    }
  }

  async #holdLock(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isHolding = true;
    this.#channel?.post("alive");
    await this.#work(this.#lost.signal);
    this.#isHolding = false;
  }

  #receive(message: TabMessage): void {
    if (message === "alive?" && this.#isHolding) this.#channel?.post("alive");
    if (message === "alive" && !this.#isHolding) this.#askLater();
  }

  #askLater(): void {
    this.#after(ASK_MS, () => {
      this.#channel?.post("alive?");
      this.#after(ANSWER_MS + Math.random() * SPREAD_MS, () => this.#waiting.abort());
    });
  }

  #after(delayMs: number, run: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(run, delayMs);
  }

  #end(): void {
    this.#isHolding = false;
    clearTimeout(this.#timer);
    this.#channel?.close();
  }
}
