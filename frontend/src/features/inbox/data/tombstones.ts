/** What was erased while this page is open: readers drop it, whatever of it is read late. */
import { isRecord } from "@/lib/socket/frames";
import type { Chat, Message } from "@/types/wire";

/** An erased row as a change tells of it: no word of what was in it. */
interface Erased {
  readonly id: number;
  readonly before: string | null;
}

const EVENTS: ReadonlySet<string> = new Set(["chat:erased", "chat:trimmed", "message:erased", "contact:erased"]);

export const isErasure = (event: string): boolean => EVENTS.has(event);

function isErased(data: unknown): data is Erased {
  return isRecord(data) && typeof data.id === "number" && (data.before === null || typeof data.before === "string");
}

/** Never changed in place: what is derived from it is derived anew. */
export class Gone {
  readonly #chats: ReadonlySet<number>;
  readonly #messages: ReadonlySet<number>;
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

  with(event: string, data: unknown): Gone {
    if (!isErased(data)) return this;
    const { id, before } = data;
    if (event === "chat:erased") return new Gone(new Set(this.#chats).add(id), this.#messages, this.#trimmed);
    if (event === "message:erased") return new Gone(this.#chats, new Set(this.#messages).add(id), this.#trimmed);
    if (event !== "chat:trimmed" || before === null || before <= (this.#trimmed.get(id) ?? "")) return this;
    return new Gone(this.#chats, this.#messages, new Map(this.#trimmed).set(id, before));
  }

  readonly hasChat = ({ id }: Pick<Chat, "id">): boolean => this.#chats.has(id);

  readonly hasMessage = (message: Message): boolean => {
    const { id, chat_id, sent_at, ordered_at = sent_at } = message;
    return this.#messages.has(id) || this.#chats.has(chat_id) || ordered_at < (this.#trimmed.get(chat_id) ?? "");
  };
}
