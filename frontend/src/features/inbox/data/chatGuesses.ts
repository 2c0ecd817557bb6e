/** What the user changed of chats and the server has not confirmed yet. */
import type { Chat } from "@/types/wire";

/** The fields of a chat that the user can change. */
export type ChatChange = Partial<Pick<Chat, "archived" | "pinned" | "muted_until" | "unread_count" | "status" | "snoozed_until" | "waiting_since" | "assignee" | "team" | "labels">>;

export type Guessed = ReadonlyMap<number, ChatChange>;

/** The row as it will be when the server confirms. */
export function withGuess<T extends { readonly id: number }>(row: T, guessed: Guessed): T {
  const change = guessed.get(row.id);
  return change === undefined ? row : { ...row, ...change };
}

export class ChatGuesses {
  readonly #changes = new Map<number, readonly ChatChange[]>();
  /** By chat: the end of its last request. */
  readonly #ends = new Map<number, Promise<unknown>>();

  /** The changes of each chat together; later ones take precedence. */
  get guessed(): Guessed {
    return new Map([...this.#changes].map(([id, changes]) => [id, Object.assign({}, ...changes) as ChatChange]));
  }

  /** Returns how to take it back. */
  add(id: number, change: ChatChange): () => void {
    this.#changes.set(id, [...(this.#changes.get(id) ?? []), change]);
    return () => {
      const rest = (this.#changes.get(id) ?? []).filter((other) => other !== change);
      if (rest.length === 0) this.#changes.delete(id);
      else this.#changes.set(id, rest);
    };
  }

  /** Requests of one chat are sent one after the other: an undo must not overtake the action. */
  inOrder<T>(ids: readonly number[], request: () => Promise<T>): Promise<T> {
    const result = Promise.all(ids.map((id) => this.#ends.get(id) ?? Promise.resolve())).then(request);
    const end = result.catch(() => undefined).finally(() => {
      for (const id of ids) if (this.#ends.get(id) === end) this.#ends.delete(id);
    });
    for (const id of ids) this.#ends.set(id, end);
    return result;
  }
}
