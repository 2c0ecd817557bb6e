/** What was erased, or hidden from the user, while this page is open; also filters rows that are read after that. */
import type { ErasureChange } from "@/lib/socket/changes";
import type { Chat, Message, Note } from "@/types/wire";

/** Immutable, so that memoised values derived from it are recomputed. */
export class Tombstones {
  readonly #chats: ReadonlySet<number>;
  readonly #messages: ReadonlySet<number>;
  /** By chat: messages and notes before this moment were trimmed. */
  readonly #trimmed: ReadonlyMap<number, string>;
  /** Chats that are the user's no more, with the seq since when; they may come back. */
  readonly #hidden: ReadonlyMap<number, number>;

  constructor(
    chats: ReadonlySet<number> = new Set(),
    messages: ReadonlySet<number> = new Set(),
    trimmed: ReadonlyMap<number, string> = new Map(),
    hidden: ReadonlyMap<number, number> = new Map(),
  ) {
    this.#chats = chats;
    this.#messages = messages;
    this.#trimmed = trimmed;
    this.#hidden = hidden;
  }

  with({ event, data: { id, before, seq } }: ErasureChange): Tombstones {
    if (event === "chat:erased") return new Tombstones(new Set(this.#chats).add(id), this.#messages, this.#trimmed, this.#hidden);
    if (event === "message:erased") return new Tombstones(this.#chats, new Set(this.#messages).add(id), this.#trimmed, this.#hidden);
    if (event === "chat:hidden") return new Tombstones(this.#chats, this.#messages, this.#trimmed, new Map(this.#hidden).set(id, seq));
    if (event !== "chat:trimmed" || before === null || before <= (this.#trimmed.get(id) ?? "")) return this;
    return new Tombstones(this.#chats, this.#messages, new Map(this.#trimmed).set(id, before), this.#hidden);
  }

  /** A newer row of a hidden chat has arrived: it is the user's again. */
  showing({ id, seq }: Pick<Chat, "id" | "seq">): Tombstones {
    if (seq <= (this.#hidden.get(id) ?? seq)) return this;
    return new Tombstones(this.#chats, this.#messages, this.#trimmed, new Map([...this.#hidden].filter(([hidden]) => hidden !== id)));
  }

  /** Nothing is hidden until the server says so again: an account is read again. */
  showingAll(): Tombstones {
    return this.#hidden.size === 0 ? this : new Tombstones(this.#chats, this.#messages, this.#trimmed);
  }

  readonly hasChat = ({ id }: Pick<Chat, "id">): boolean => this.#chats.has(id) || this.#hidden.has(id);

  readonly hasMessage = ({ id, chat_id, ordered_at }: Message): boolean =>
    this.#messages.has(id) || this.hasChat({ id: chat_id }) || ordered_at < (this.#trimmed.get(chat_id) ?? "");

  readonly hasNote = ({ chat_id, created_at }: Note): boolean =>
    this.hasChat({ id: chat_id }) || created_at < (this.#trimmed.get(chat_id) ?? "");
}
