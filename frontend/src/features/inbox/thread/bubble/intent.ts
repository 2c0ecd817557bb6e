/** What the user is about to do with one message of the open chat. */
import type { Message } from "@/types/wire";

/** What the composer is used for, when it is not a new message. */
export interface Intent {
  readonly kind: "reply" | "edit";
  readonly message: Message;
}

/** An action that has to be confirmed first. */
export interface Question {
  readonly kind: "delete" | "retry";
  readonly message: Message;
}
