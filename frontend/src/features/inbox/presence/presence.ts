/** The colleagues who have a chat open or are typing in it, as last pushed; cleared whenever the connection is lost. */
import { t } from "@/i18n/translate";
import type { Change } from "@/lib/socket/changes";
import type { Colleague } from "@/lib/socket/userSchemas";
import { isolate } from "@/lib/texts";

export interface ChatPresence {
  readonly here: readonly Colleague[];
  readonly typing: readonly Colleague[];
}

export const NO_COLLEAGUES: ChatPresence = { here: [], typing: [] };

/** "Ana", "Ana and Bea", "Ana and 2 others". */
export function listNames(colleagues: readonly Colleague[]): string {
  const [first, second] = colleagues.map(({ name }) => isolate(name));
  if (first === undefined || second === undefined) return first ?? "";
  if (colleagues.length === 2) return t("thread.twoNames", { first, second });
  return t("thread.manyNames", { first, count: colleagues.length - 1 });
}

export class PresenceStore {
  readonly #userId: number;
  readonly #listeners = new Set<() => void>();
  #chats: ReadonlyMap<number, ChatPresence> = new Map();

  constructor(userId: number) {
    this.#userId = userId;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The same object until something changes. */
  of(chatId: number): ChatPresence {
    return this.#chats.get(chatId) ?? NO_COLLEAGUES;
  }

  /** Applies a `presence` or `typing` push without the user themselves; ignores every other change. */
  apply({ event, data }: Change): void {
    if (event !== "presence" && event !== "typing") return;
    const others = data.users.filter((user) => user.user_id !== this.#userId);
    const next = { ...this.of(data.chat_id), [event === "typing" ? "typing" : "here"]: others };
    const chats = new Map(this.#chats).set(data.chat_id, next);
    if (next.here.length === 0 && next.typing.length === 0) chats.delete(data.chat_id);
    this.#update(chats);
  }

  clear(): void {
    if (this.#chats.size > 0) this.#update(new Map());
  }

  #update(chats: ReadonlyMap<number, ChatPresence>): void {
    this.#chats = chats;
    for (const listener of [...this.#listeners]) listener();
  }
}
