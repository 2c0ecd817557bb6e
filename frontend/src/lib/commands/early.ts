/** Keys that are pressed before their commands are loaded: held, and run in their order when they can be. */
import { isCharacter } from "./press";

/** After this time the user no longer expects what the key would have done. */
const HELD_MS = 3_000;

interface Held {
  readonly name: string;
  readonly until: number;
}

/** Other keys (arrows, Tab, Enter) do something without a command. */
const mayBeHeld = (name: string): boolean => isCharacter(name) || name === "Ctrl+k";

interface Options {
  /** False if there is no command for the press. */
  readonly run: (name: string) => boolean;
  /** Whether commands may still be on their way. */
  readonly isLoading: () => boolean;
  /** Whether keys are for the page now, not for a field or what is open above it. */
  readonly isPageFree: () => boolean;
}

export class EarlyPresses {
  #held: readonly Held[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Runs the press, or holds it; false if it is neither. */
  press(name: string): boolean {
    const { run, isLoading } = this.#options;
    if (name === "Escape") this.forget();
    if (this.#held.length === 0 && run(name)) return true;
    if (!mayBeHeld(name) || (!isLoading() && this.#held.length === 0)) return false;
    this.#held = [...this.#held, { name, until: Date.now() + HELD_MS }];
    setTimeout(this.retry, HELD_MS);
    return true;
  }

  /** One press in a task of its own: the next may be for what this one brings onto the page. */
  readonly retry = (): void => {
    if (this.#held.length > 0) this.#timer ??= setTimeout(this.#runFirst);
  };

  readonly forget = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#held = [];
  };

  readonly #runFirst = (): void => {
    const { run, isLoading, isPageFree } = this.#options;
    const now = Date.now();
    this.#timer = undefined;
    this.#held = isPageFree() ? this.#held.filter(({ until }) => until > now) : [];
    const first = this.#held[0];
    if (first === undefined || (!run(first.name) && isLoading())) return;
    this.#held = this.#held.slice(1);
    this.retry();
  };
}
