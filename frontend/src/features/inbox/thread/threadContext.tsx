/** The one way to the state of the open chat: `useThread` for its parts, `useThreadActions` for its many bubbles. */
import { createContext, use } from "react";
import type { ThreadActions } from "./threadActions";
import type { ThreadState } from "./threadState";

const NOOP = () => undefined;

/** Outside a thread a bubble is read-only. */
const READ_ONLY: ThreadActions = {
  canAct: false,
  isConnected: true,
  reply: NOOP,
  edit: NOOP,
  askDelete: NOOP,
  askRetry: NOOP,
  discard: NOOP,
  react: NOOP,
  retryAttachment: NOOP,
  retryPending: NOOP,
  discardPending: NOOP,
  copy: NOOP,
  jumpTo: NOOP,
};

export const ThreadContext = createContext<ThreadState | null>(null);
export const ThreadActionsContext = createContext<ThreadActions>(READ_ONLY);

export function useThread(): ThreadState {
  const thread = use(ThreadContext);
  if (thread === null) throw new Error("useThread needs a ThreadContext above it.");
  return thread;
}

export const useThreadActions = (): ThreadActions => use(ThreadActionsContext);
