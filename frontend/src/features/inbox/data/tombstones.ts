/** What was erased while this page is open; also filters rows that are read after the erasure. */
import type { ErasureChange } from "@/lib/socket/changes";
import type { Chat, Message } from "@/types/wire";

/** Immutable, so that memoised values derived from it are recomputed. */
export class Tombstones {
  readonly #chats: ReadonlySet<number>;
  readonly #messages: ReadonlySet<number>;
  /** By chat: messages before this moment were trimmed. */
  readonly #trimmed: ReadonlyMap<number, string>;

  constructor(
    chats: ReadonlySet<number> = new Set(),
    messages: ReadonlySet<number> = new Set(),
    trimmed: ReadonlyMap<number, string> = new Map(),
  ) {
    this.#chats = chats;
    this.#messages = messages;
    this.#trimmed = trimmed;
  }

  with({ event, data: { id, before } }: ErasureChange): Tombstones {
    if (event === "chat:erased") return new Tombstones(new Set(this.#chats).add(id), this.#messages, this.#trimmed);
    if (event === "message:erased") return new Tombstones(this.#chats, new Set(this.#messages).add(id), this.#trimmed);
    if (event !== "chat:trimmed" || before === null || before <= (this.#trimmed.get(id) ?? "")) return this;
    return new Tombstones(this.#chats, this.#messages, new Map(this.#trimmed).set(id, before));
  }

  readonly hasChat = ({ id }: Pick<Chat, "id">): boolean => this.#chats.has(id);

  readonly hasMessage = ({ id, chat_id, ordered_at }: Message): boolean =>
    this.#messages.has(id) || this.#chats.has(chat_id) || ordered_at < (this.#trimmed.get(chat_id) ?? "");
}
