/** Provides the inbox's live rows and drafts. */
import { createContext, use, useSyncExternalStore } from "react";
import type { Drafts } from "@/features/inbox/composer/drafts/drafts";
import type { Notebook } from "@/features/inbox/notes/notebook";
import type { InboxStore, Snapshot } from "@/features/inbox/data/store";

export interface Inbox {
  /** The user of this window. */
  readonly userId: number;
  readonly store: InboxStore;
  readonly notes: Notebook;
  readonly drafts: Drafts;
}

export const InboxContext = createContext<Inbox | null>(null);

export function useInbox(): Inbox {
  const inbox = use(InboxContext);
  if (inbox === null) throw new Error("useInbox needs an InboxContext above it.");
  return inbox;
}

export function useInboxSnapshot(): Snapshot {
  const { store } = useInbox();
  return useSyncExternalStore(store.subscribe, store.getSnapshot);
}
