/** The way to change the status and the owner of a chat, from wherever it is shown. */
import { createContext, use, useEffect, useEffectEvent } from "react";
import type { Activity, Chat } from "@/types/wire";
import type { StateAction } from "./stateActions";

/** What has to be chosen first, or what happened meanwhile. */
export type StatusQuestion =
  | { readonly kind: "assign" | "snooze" | "category"; readonly chat: Chat }
  | { readonly kind: "changed"; readonly chat: Chat; readonly action: StateAction; readonly activities: readonly Activity[] };

/** The thread that is open: how far it was read, and how its end is shown. */
export interface OpenThread {
  readonly chatId: number;
  /** The `arrived_seq` of the newest message that was shown. */
  readonly seen: () => number;
  readonly showEnd: () => void;
}

export interface StatusActions {
  readonly run: (chat: Chat, action: StateAction) => void;
  readonly ask: (question: StatusQuestion) => void;
  /** Returns how to end it. */
  readonly follow: (thread: OpenThread) => () => void;
}

export const StatusContext = createContext<StatusActions | null>(null);

export function useStatusActions(): StatusActions {
  const actions = use(StatusContext);
  if (actions === null) throw new Error("useStatusActions needs a StatusProvider above it.");
  return actions;
}

/** While the thread is open. */
export function useFollowedThread(chatId: number, seen: number, showEnd: () => void): void {
  const { follow } = useStatusActions();
  const readSeen = useEffectEvent(() => seen);
  const show = useEffectEvent(showEnd);
  useEffect(() => follow({ chatId, seen: () => readSeen(), showEnd: () => show() }), [follow, chatId]);
}
