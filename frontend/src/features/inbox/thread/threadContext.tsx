/** Hands what can be done with the messages of the open chat to its bubbles. */
import { createContext, use } from "react";
import type { Message } from "@/types/wire";

export interface ThreadActions {
  /** False for somebody who may only read: the bubbles then offer to copy, and nothing else. */
  readonly canAct: boolean;
  readonly reply: (message: Message) => void;
  readonly edit: (message: Message) => void;
  readonly askDelete: (message: Message) => void;
  readonly askRetry: (message: Message) => void;
  /** Null takes the reaction back. */
  readonly react: (message: Message, value: string | null) => void;
  readonly retryAttachment: (message: Message, attachmentId: string) => void;
  readonly copy: (text: string) => void;
  readonly jumpTo: (messageId: number) => void;
}

const NOTHING = () => undefined;

/** Without a thread around it a bubble can only be read. */
export const ThreadContext = createContext<ThreadActions>({
  canAct: false,
  reply: NOTHING,
  edit: NOTHING,
  askDelete: NOTHING,
  askRetry: NOTHING,
  react: NOTHING,
  retryAttachment: NOTHING,
  copy: NOTHING,
  jumpTo: NOTHING,
});

export const useThreadActions = (): ThreadActions => use(ThreadContext);
