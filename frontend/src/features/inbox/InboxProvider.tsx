/** Holds the inbox's rows, notes and drafts while a user is signed in, whichever page is open. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { InboxContext, type Inbox } from "./context";
import { Drafts } from "@/features/inbox/composer/drafts/drafts";
import { isThreadCached, NOTES_KEY } from "@/features/inbox/data/queryKeys";
import { InboxStore } from "@/features/inbox/data/store";
import { Notebook } from "@/features/inbox/notes/notebook";
import { PresenceProvider } from "@/features/inbox/presence/presenceContext";
import { movesCounts, recountOn } from "@/features/inbox/chats/query/counts";

function createStore(client: QueryClient): InboxStore {
  const recount = recountOn(client);
  return new InboxStore({
    onChat: (before, chat) => {
      if (movesCounts(before, chat)) recount();
    },
    isThreadCached: (accountId, chatId) => isThreadCached(client, accountId, chatId),
  });
}

const createNotebook = (client: QueryClient): Notebook =>
  new Notebook({ isCached: (accountId, chatId) => client.getQueryCache().find({ queryKey: [NOTES_KEY, accountId, chatId] }) !== undefined });

interface InboxProviderProps {
  readonly userId: number;
  readonly children: ReactNode;
}

export function InboxProvider({ userId, children }: InboxProviderProps) {
  const client = useQueryClient();
  const [inbox] = useState((): Inbox => ({ userId, store: createStore(client), notes: createNotebook(client), drafts: new Drafts(userId) }));
  return (
    <InboxContext value={inbox}>
      <PresenceProvider userId={userId}>{children}</PresenceProvider>
    </InboxContext>
  );
}
