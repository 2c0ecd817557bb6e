/** What a search finds. */
import type { Chat, Message } from "./wire";

export interface FoundMessage extends Message {
  readonly chat_title: string | null;
}

/** A person that was found, and the chat with them alone when there is one. */
export interface FoundPerson {
  readonly id: number;
  readonly account_id: number;
  readonly provider_id: string;
  readonly name: string | null;
  readonly phone: string | null;
  readonly avatar: string | null;
  readonly chat_id: number | null;
}

export interface Found {
  readonly people: readonly FoundPerson[];
  readonly chats: readonly Chat[];
  readonly messages: readonly FoundMessage[];
  readonly next_cursor: string | null;
  /** False while what came in just now, or long ago, cannot be found yet. */
  readonly is_complete: boolean;
}
