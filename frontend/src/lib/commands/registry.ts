/** The actions a user can run by key or from the palette: those of the components that are mounted. */
import { isCharacter } from "./press";

export type CommandGroup = "navigation" | "list" | "chat" | "message" | "composer" | "settings" | "help";

export interface Command {
  readonly id: string;
  readonly group: CommandGroup;
  /** What it does, in the user's language. */
  readonly label: string;
  /** Presses by `nameOf`; two with a space between are a sequence: "g i". */
  readonly keys?: readonly string[];
  /** By default true; a disabled command is neither listed nor run. */
  readonly isEnabled?: boolean;
  /** By default true; false keeps it out of the palette, as moving to the next row. */
  readonly isListed?: boolean;
  readonly run: () => void;
}

const SEQUENCE_MS = 1_500;

export class CommandRegistry {
  /** The newest registration of an id wins: the component on top. */
  #commands: readonly Command[] = [];
  readonly #listeners = new Set<() => void>();
  #pending: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasCharacterKeys: boolean;

  constructor(hasCharacterKeys = true) {
    this.#hasCharacterKeys = hasCharacterKeys;
  }

  /** False if the user switched off the shortcuts that are a single character. */
  get hasCharacterKeys(): boolean {
    return this.#hasCharacterKeys;
  }

  switchCharacterKeys(isOn: boolean): void {
    this.#hasCharacterKeys = isOn;
    this.#notify();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): readonly Command[] => this.#commands;

  register(command: Command): () => void {
    this.#change([...this.#commands, command]);
    return () => this.#change(this.#commands.filter((other) => other !== command));
  }

  #change(commands: readonly Command[]): void {
    this.#commands = commands;
    this.#notify();
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Runs a command by its id, for buttons and menus; false if it is not offered now. */
  run(id: string): boolean {
    const command = this.#commands.findLast((other) => other.id === id && other.isEnabled !== false);
    command?.run();
    return command !== undefined;
  }

  /** Runs the command of this press; false if there is none and it did not begin a sequence, or if it may still be loaded. */
  press(name: string, isLoading = false): boolean {
    const first = this.#pending;
    const pressed = first === null ? name : `${first} ${name}`;
    this.#forget();
    const command = this.#find(pressed);
    if (command !== undefined) {
      command.run();
      return true;
    }
    if (first === null) return this.#begin(name);
    return isCharacter(name) ? this.#miss(first, isLoading) : this.press(name, isLoading);
  }

  /** The user meant the sequence, never its second key alone. */
  #miss(first: string, isLoading: boolean): boolean {
    if (isLoading) this.#wait(first);
    return !isLoading;
  }

  #find(pressed: string): Command | undefined {
    if (!this.hasCharacterKeys && isCharacter(pressed.split(" ", 1)[0] ?? "")) return undefined;
    return this.#commands.findLast(({ keys, isEnabled }) => isEnabled !== false && keys?.includes(pressed) === true);
  }

  /** Waits for the second press if a sequence begins with this one. */
  #begin(name: string): boolean {
    const isStart = this.#commands.some(({ keys }) => keys?.some((key) => key.startsWith(`${name} `)) === true);
    if (!isStart || (!this.hasCharacterKeys && isCharacter(name))) return false;
    this.#wait(name);
    return true;
  }

  #wait(first: string): void {
    this.#pending = first;
    this.#timer = setTimeout(() => this.#forget(), SEQUENCE_MS);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#pending = null;
  }
}
