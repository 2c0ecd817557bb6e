/** What can be done with the messages of the open chat: implemented by the thread, used by its bubbles. */
import type { Message } from "@/types/wire";

/** Stays the same object while messages come in, so that a new message does not render every bubble. */
export interface ThreadActions {
  /** False for users who may only read: bubbles then offer nothing but copying. */
  readonly canAct: boolean;
  /** Whether the number is connected: otherwise nothing can be sent again. */
  readonly isConnected: boolean;
  readonly reply: (message: Message) => void;
  readonly edit: (message: Message) => void;
  readonly askDelete: (message: Message) => void;
  readonly askRetry: (message: Message) => void;
  /** Deletes a failed message, which is nowhere but here. */
  readonly discard: (message: Message) => void;
  /** Null removes the reaction. */
  readonly react: (message: Message, value: string | null) => void;
  readonly retryAttachment: (message: Message, attachmentId: string) => void;
  /** Sends a pending message again, or drops it. */
  readonly retryPending: (clientId: string) => void;
  readonly discardPending: (clientId: string) => void;
  readonly copy: (text: string) => void;
  readonly jumpTo: (messageId: number) => void;
}
