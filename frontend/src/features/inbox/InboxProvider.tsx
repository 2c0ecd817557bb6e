/** Keeps the inbox's rows up to date while a user is signed in, whichever page is open. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import { useApi } from "@/lib/api/context";
import { ApiError, describeError } from "@/lib/api/errors";
import type { Api } from "@/lib/api/routes";
import { findTabServices } from "@/lib/channel";
import { useFeed, useFeedListener } from "@/lib/socket/context";
import { isErasure, isMessageChange, type Change, type ErasureChange } from "@/lib/socket/changes";
import { firstShown, isolate } from "@/lib/texts";
import type { Message } from "@/types/wire";
import { InboxContext, type Inbox } from "./context";
import { Drafts } from "@/features/inbox/composer/drafts";
import { dropAccount, dropErased } from "@/features/inbox/data/dropErased";
import { isListed } from "@/features/inbox/thread/bubbles";
import { checkReadable, measureFiles } from "@/features/inbox/composer/mediaInfo";
import { shownBody } from "@/features/inbox/thread/mentions";
import { PresenceProvider } from "@/features/inbox/presence/presenceContext";
import { CHAT_KEY, CHATS_KEY, MESSAGES_KEY } from "@/features/inbox/data/queryKeys";
import { openOutboxStorage } from "@/features/inbox/data/outboxStorage";
import { InboxStore } from "@/features/inbox/data/store";
import { UNREAD_KEY } from "@/features/inbox/chats/unread";

/** Whether any part of the chat's messages is cached: the newest, or those around one message. */
function isThreadCached(client: QueryClient, accountId: number, chatId: number): boolean {
  return client.getQueryCache().findAll({ queryKey: [MESSAGES_KEY, accountId, chatId] }).length > 0;
}

/** Unreachable, busy, or signed out: the message can wait. */
const isPassing = (error: unknown): boolean => error instanceof ApiError && (error.isPassing || error.status === 401);

const hasCode = (error: unknown, code: string): boolean => error instanceof ApiError && error.code === code;
const isUnreachable = (error: unknown): boolean => hasCode(error, "unreachable");
const isStalled = (error: unknown): boolean => hasCode(error, "stalled");

function describeSend(error: unknown): string {
  const isAway = error instanceof ApiError && !isStalled(error) && (error.status === 0 || error.status === 401);
  return isAway ? "Waiting for connection." : describeError(error);
}

function createStore(api: Api, client: QueryClient, userId: number): InboxStore {
  return new InboxStore({
    post: async ({ accountId, chatId, text, clientId, quoted, files, isVoice, seenSeq = 0 }, onProgress, signal) => {
      const extras = files === undefined ? {} : { files, isVoice, mediaInfo: await measureFiles(files) };
      try {
        return await api.sendMessage(accountId, chatId, { text, clientId, quoteId: quoted?.id, seenSeq, onProgress, signal, ...extras });
      } catch (error) {
        if (isUnreachable(error) && files !== undefined) await checkReadable(files);
        throw error;
      }
    },
    isThreadCached: (accountId, chatId) => isThreadCached(client, accountId, chatId),
    describeError: describeSend,
    isPassing,
    isStalled,
    storage: openOutboxStorage(userId),
    tabServices: findTabServices(),
    outboxName: `confab-outbox-${userId}`,
  });
}

/** Flushes the outbox whenever sending may work again. */
function useSendingOn({ outbox }: InboxStore): void {
  const feed = useFeed();
  useEffect(() => {
    void outbox.open();
    const flush = () => void outbox.flush();
    const stop = feed.listen({ onState: (state) => state === "live" && flush() });
    window.addEventListener("online", flush);
    document.addEventListener("visibilitychange", flush);
    return () => {
      stop();
      window.removeEventListener("online", flush);
      document.removeEventListener("visibilitychange", flush);
      outbox.close();
    };
  }, [outbox, feed]);
}

/** Drops the live rows of a thread that left the query cache: it is read again when opened. */
function useForgetting(store: InboxStore): void {
  const client = useQueryClient();
  useEffect(
    () =>
      client.getQueryCache().subscribe(({ type, query }) => {
        const key = query.queryKey as readonly unknown[];
        if (type !== "removed" || key[0] !== MESSAGES_KEY) return;
        const [accountId, chatId] = [Number(key[1]), Number(key[2])];
        if (!isThreadCached(client, accountId, chatId)) store.forgetThread(chatId);
      }),
    [client, store],
  );
}

function describeMessage(message: Message): string {
  const name = firstShown(message.sender?.name, message.sender?.phone) ?? "a contact";
  return `New message from ${isolate(name)}: ${firstShown(shownBody(message)) ?? "attachment"}`;
}

function erase({ store, drafts }: Inbox, client: QueryClient, change: ErasureChange): void {
  dropErased(client, store.erase(change));
  if (change.event === "chat:erased") drafts.write(change.data.id, "");
}

/** Applies one change to the store; returns a new incoming message, to be announced. */
function applyChange(inbox: Inbox, client: QueryClient, change: Change): Message | null {
  const { store } = inbox;
  if (isErasure(change)) erase(inbox, client, change);
  else if (change.event === "chat:updated") store.applyChat(change.data);
  else if (change.event === "contact:updated") store.applyContact(change.data);
  else if (isMessageChange(change)) {
    const message = change.data;
    const isNew = store.applyMessage(message);
    if (isNew && change.event === "message:new" && message.direction === "in" && isListed(message)) return message;
  }
  return null;
}

function leave({ store }: Inbox, client: QueryClient, accountId: number): void {
  store.leaveAccount(accountId);
  dropAccount(client, accountId);
}

interface InboxProviderProps {
  readonly userId: number;
  readonly children: ReactNode;
}

export function InboxProvider({ userId, children }: InboxProviderProps) {
  const api = useApi();
  const client = useQueryClient();
  const [inbox] = useState(() => ({ store: createStore(api, client, userId), drafts: new Drafts(userId) }));
  const [announcement, setAnnouncement] = useState("");
  useForgetting(inbox.store);
  useSendingOn(inbox.store);
  useFeedListener({
    onChange: (change) => {
      const incoming = applyChange(inbox, client, change);
      if (incoming !== null) setAnnouncement(describeMessage(incoming));
    },
    onReset: (accountId) => {
      inbox.store.forgetAccount(accountId);
      void client.invalidateQueries({ queryKey: [CHATS_KEY] });
      void client.invalidateQueries({ queryKey: [UNREAD_KEY] });
      void client.invalidateQueries({ queryKey: [CHAT_KEY, accountId] });
      void client.invalidateQueries({ queryKey: [MESSAGES_KEY, accountId] });
    },
    onLeft: (accountId) => leave(inbox, client, accountId),
  });
  return (
    <InboxContext value={inbox}>
      <PresenceProvider userId={userId}>{children}</PresenceProvider>
      <p className="visually-hidden" role="log" aria-live="polite" aria-label="New messages">
        {announcement}
      </p>
    </InboxContext>
  );
}
