/** A fake browser: the channels and locks that its tabs share. */
import type { Channel, Locks } from "@/lib/channel";

interface Holder {
  readonly steal: () => void;
}

interface Waiter {
  readonly enter: () => void;
}

/** `navigator.locks` with exclusive locks only, granted in order, stolen with `steal`. */
class FakeLocks {
  readonly #holders = new Map<string, Holder>();
  readonly #waiters = new Map<string, Waiter[]>();

  request(name: string, options: LockOptions, callback: (lock: Lock | null) => unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        const holder: Holder = { steal: () => reject(new DOMException("stolen", "AbortError")) };
        this.#holders.set(name, holder);
        const leave = () => this.#holders.get(name) === holder && this.#leave(name);
        void Promise.resolve(callback(null)).finally(leave).then(resolve, reject);
      };
      options.signal?.addEventListener("abort", () => {
        const waiters = this.#waiters.get(name) ?? [];
        if (waiters.some((waiter) => waiter.enter === enter)) reject(new DOMException("aborted", "AbortError"));
        this.#waiters.set(name, waiters.filter((waiter) => waiter.enter !== enter));
      });
      if (options.steal === true) {
        this.#holders.get(name)?.steal();
        enter();
      } else if (this.#holders.has(name)) {
        this.#waiters.set(name, [...(this.#waiters.get(name) ?? []), { enter }]);
      } else {
        enter();
      }
    });
  }

  #leave(name: string): void {
    this.#holders.delete(name);
    const [next, ...rest] = this.#waiters.get(name) ?? [];
    this.#waiters.set(name, rest);
    next?.enter();
  }
}

interface Listener {
  readonly tab: number;
  readonly name: string;
  readonly onMessage: (message: unknown) => void;
}

export function createBrowser() {
  const listeners = new Set<Listener>();
  const frozen = new Set<number>();
  const dead = new Set<number>();
  const locks = new FakeLocks() as unknown as Locks;
  let tabs = 0;
  /** The services of one tab of this browser. */
  const openTab = () => {
    const tab = ++tabs;
    const openChannel = (name: string, onMessage: (message: unknown) => void): Channel => {
      const listener = { tab, name, onMessage };
      listeners.add(listener);
      const post = (message: unknown) => {
        if (dead.has(tab) || frozen.has(tab)) return;
        for (const other of [...listeners]) {
          if (other.name !== name || other === listener || frozen.has(other.tab)) continue;
          void Promise.resolve().then(() => listeners.has(other) && other.onMessage(structuredClone(message)));
        }
      };
      return { post, close: () => listeners.delete(listener) };
    };
    /** From now on this tab neither receives nor sends. */
    const freeze = () => frozen.add(tab);
    /** The tab disappears without notice. */
    const die = () => dead.add(tab);
    return { openChannel, locks, freeze, thaw: () => frozen.delete(tab), die };
  };
  return { openTab };
}
