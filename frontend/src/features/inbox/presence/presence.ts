/** The colleagues who have a chat open or write in it, as the socket last said; nothing of it outlives a cut. */
import { isRecord } from "@/lib/socket/frames";
import { isolate } from "@/lib/texts";

export interface Person {
  readonly user_id: number;
  readonly name: string;
}

export interface ChatPeople {
  readonly here: readonly Person[];
  readonly typing: readonly Person[];
}

export const NOBODY: ChatPeople = { here: [], typing: [] };

function isPerson(value: unknown): value is Person {
  return isRecord(value) && typeof value.user_id === "number" && typeof value.name === "string";
}

/** "Ana", "Ana and Bea", "Ana and 2 others". */
export function listNames(people: readonly Person[]): string {
  const [first, second] = people;
  if (first === undefined) return "";
  if (people.length === 1) return isolate(first.name);
  return `${isolate(first.name)} and ${people.length === 2 ? isolate(second?.name ?? "") : `${people.length - 1} others`}`;
}

export class People {
  readonly #userId: number;
  readonly #listeners = new Set<() => void>();
  #chats: ReadonlyMap<number, ChatPeople> = new Map();

  constructor(userId: number) {
    this.#userId = userId;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The same object until something changes. */
  of(chatId: number): ChatPeople {
    return this.#chats.get(chatId) ?? NOBODY;
  }

  /** Take a `presence` or `typing` push; the user themselves is none of the others. */
  take(event: string, data: unknown): void {
    if ((event !== "presence" && event !== "typing") || !isRecord(data)) return;
    const { chat_id, users } = data;
    if (typeof chat_id !== "number" || !Array.isArray(users)) return;
    const others = users.filter(isPerson).filter((person) => person.user_id !== this.#userId);
    const next = { ...this.of(chat_id), [event === "typing" ? "typing" : "here"]: others };
    const chats = new Map(this.#chats).set(chat_id, next);
    if (next.here.length === 0 && next.typing.length === 0) chats.delete(chat_id);
    this.#become(chats);
  }

  clear(): void {
    if (this.#chats.size > 0) this.#become(new Map());
  }

  #become(chats: ReadonlyMap<number, ChatPeople>): void {
    this.#chats = chats;
    for (const listener of [...this.#listeners]) listener();
  }
}
