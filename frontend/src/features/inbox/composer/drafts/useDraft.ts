/** Drafts in components: the composer's own, and the mark in the list of chats. */
import { useSyncExternalStore } from "react";
import { useInbox } from "@/features/inbox/context";
import type { Draft } from "./draft";

/** The draft of a chat; `NO_DRAFT` if there is none. It stays the same object until it changes. */
export function useDraft(chatId: number): Draft {
  const { drafts } = useInbox();
  return useSyncExternalStore(drafts.subscribe, () => drafts.read(chatId));
}
