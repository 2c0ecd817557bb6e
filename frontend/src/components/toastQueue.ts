/** The toasts that wait to be shown, and the actions that can still be undone. */

export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

export interface Toast {
  readonly text: string;
  /** Undoes what the text reports. */
  readonly action?: ToastAction;
}

export interface ShownToast extends Toast {
  readonly id: number;
}

/** The shown toast, and what waits behind it. */
const MAX_TOASTS = 4;
const MAX_UNDOS = 20;
/** An action can be undone by key longer than its toast is shown. */
const UNDO_MS = 30_000;

export class ToastQueue {
  #toasts: readonly ShownToast[] = [];
  #undos: readonly { readonly toast: ShownToast; readonly at: number }[] = [];
  #lastId = 0;
  readonly #listeners = new Set<() => void>();

  readonly getSnapshot = (): readonly ShownToast[] => this.#toasts;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /**
   * Shows the toast after those that wait. If too many wait, the oldest of them is dropped; it can still be undone.
   * Returns how to withdraw it: what it reports did not happen.
   */
  readonly show = (toast: Toast): (() => void) => {
    const shown = { ...toast, id: ++this.#lastId };
    if (toast.action !== undefined) this.#undos = [...this.#undos, { toast: shown, at: Date.now() }].slice(-MAX_UNDOS);
    const [first, ...waiting] = this.#toasts;
    this.#change(first === undefined ? [shown] : [first, ...waiting.slice(2 - MAX_TOASTS), shown]);
    return () => this.#withdraw(shown.id);
  };

  #withdraw(id: number): void {
    this.#undos = this.#undos.filter(({ toast }) => toast.id !== id);
    this.close(id);
  }

  readonly close = (id: number): void => this.#change(this.#toasts.filter((toast) => toast.id !== id));

  /** Runs the newest action that was not undone yet; false if there is none. */
  readonly undo = (): boolean => {
    const last = this.#undos.at(-1);
    if (last === undefined || Date.now() - last.at > UNDO_MS) return false;
    this.run(last.toast);
    return true;
  };

  /** Runs the action of a toast once, and closes the toast. */
  readonly run = ({ id, action }: ShownToast): void => {
    this.#withdraw(id);
    action?.run();
  };

  #change(toasts: readonly ShownToast[]): void {
    this.#toasts = toasts;
    for (const listener of this.#listeners) listener();
  }
}
