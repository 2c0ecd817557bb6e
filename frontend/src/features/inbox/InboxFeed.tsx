/** Keeps the inbox's rows up to date while a user is signed in, whichever page is open. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { t } from "@/i18n/translate";
import { useAccounts } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import type { Api } from "@/lib/api/routes";
import { formatPhoneOrNull } from "@/lib/phoneFormat";
import { isErasure, isMessageChange, isNoteChange, type Change, type ErasureChange, type MessageChange } from "@/lib/socket/changes";
import { useFeed, useFeedListener } from "@/lib/socket/context";
import { firstShown, isolate } from "@/lib/texts";
import type { Message } from "@/types/wire";
import { useInbox, type Inbox } from "./context";
import { makeNoteOutbox, makeOutbox } from "./sending";
import { recountOn } from "@/features/inbox/chats/query/counts";
import { UNREAD_KEY } from "@/features/inbox/chats/unread";
import { useDraftSync } from "@/features/inbox/composer/drafts/useDraftSync";
import { dropAccount, dropChat, dropErased } from "@/features/inbox/data/dropErased";
import type { Outbox } from "@/features/inbox/data/outbox";
import { ACTIVITIES_KEY, CHAT_KEY, CHATS_KEY, CONTACT_KEY, FIELDS_KEY, isThreadCached, MESSAGES_KEY, NOTES_KEY } from "@/features/inbox/data/queryKeys";
import type { InboxStore } from "@/features/inbox/data/store";
import { shownBody } from "@/features/inbox/thread/bubble/mentions";
import { isListed } from "@/features/inbox/thread/list/listed";
import { applyActivity } from "@/features/inbox/thread/list/useActivities";

/** The outboxes of messages and of notes. */
function useOutboxes(inbox: Inbox) {
  const api = useApi();
  const client = useQueryClient();
  const [outboxes] = useState(() => [inbox.store.outbox.attach(makeOutbox(api, client, inbox.userId)), inbox.notes.outbox.attach(makeNoteOutbox(api, inbox))] as const);
  return outboxes;
}

/** Flushes an outbox whenever sending may work again. */
function useSendingOn(outbox: Outbox): void {
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

/** Unknown is not erased. */
async function chatExists(api: Api, accountId: number, chatId: number): Promise<boolean> {
  try {
    await api.fetchChat(accountId, chatId);
    return true;
  } catch (error) {
    return !(error instanceof ApiError) || error.code !== "not_found";
  }
}

/** Drafts follow the other tabs; those of accounts and chats that were lost while the page was closed are dropped. */
function useDraftsOn({ drafts }: Inbox): void {
  const api = useApi();
  const accounts = useAccounts().data;
  const isKnown = accounts !== undefined;
  useEffect(() => drafts.open(), [drafts]);
  useEffect(() => {
    if (isKnown) void drafts.dropErased((accountId, chatId) => chatExists(api, accountId, chatId));
  }, [api, drafts, isKnown]);
  useEffect(() => {
    if (accounts !== undefined) drafts.keepAccounts(accounts.map(({ id }) => id));
  }, [drafts, accounts]);
}

/** Drops the live rows of a thread that left the query cache: it is read again when opened. */
function useForgetting({ store, notes }: Inbox): void {
  const client = useQueryClient();
  useEffect(
    () =>
      client.getQueryCache().subscribe(({ type, query }) => {
        const key = query.queryKey as readonly unknown[];
        if (type === "removed" && key[0] === NOTES_KEY) notes.forget(Number(key[2]));
        if (type !== "removed" || key[0] !== MESSAGES_KEY) return;
        const [accountId, chatId] = [Number(key[1]), Number(key[2])];
        if (!isThreadCached(client, accountId, chatId)) store.forgetThread(chatId);
      }),
    [client, store, notes],
  );
}

function describeMessage(message: Message): string {
  const name = formatPhoneOrNull(firstShown(message.sender?.name, message.sender?.phone)) ?? t("messages.new.someone");
  return t("messages.new.spoken", { name: isolate(name), text: firstShown(shownBody(message)) ?? t("messages.new.attachment") });
}

function erase({ store, notes, drafts }: Inbox, client: QueryClient, change: ErasureChange): void {
  const tombstones = store.erase(change);
  dropErased(client, tombstones);
  if (change.event === "chat:hidden") dropChat(client, change.data.id);
  notes.erase(tombstones);
  drafts.erase(tombstones);
}

/** Applies one change to the store; returns a new incoming message, to be announced. */
function applyChange(inbox: Inbox, client: QueryClient, change: Change): Message | null {
  const { store, notes } = inbox;
  if (isErasure(change)) erase(inbox, client, change);
  else if (change.event === "chat:updated") store.applyChat(change.data);
  else if (isNoteChange(change)) notes.apply(change.data);
  else if (change.event === "activity:new") applyActivity(client, change.data);
  else if (change.event === "contact:updated") applyContact(inbox, client, change.data);
  else if (isMessageChange(change)) return applyMessage(store, change);
  return null;
}

/** What is cached of a contact that is not shown is read when it is opened. */
function applyContact({ store }: Inbox, client: QueryClient, contact: Parameters<InboxStore["applyContact"]>[0]): void {
  store.applyContact(contact);
  void client.invalidateQueries({ queryKey: [CONTACT_KEY, contact.account_id, contact.id] });
}

function applyMessage(store: InboxStore, { event, data }: MessageChange): Message | null {
  const isNew = store.applyMessage(data);
  return isNew && event === "message:new" && data.direction === "in" && isListed(data) ? data : null;
}

/** Drops what is held of an account, and reads it again. */
function reset({ store, notes }: Inbox, client: QueryClient, accountId: number): void {
  store.forgetAccount(accountId);
  notes.forgetAccount(accountId);
  // What is not shown is dropped: the user may have lost sight of it.
  client.removeQueries({ queryKey: [CHATS_KEY], type: "inactive" });
  for (const kind of [CHAT_KEY, MESSAGES_KEY, NOTES_KEY, ACTIVITIES_KEY]) client.removeQueries({ queryKey: [kind, accountId], type: "inactive" });
  for (const key of [[CHATS_KEY], [UNREAD_KEY], [FIELDS_KEY], ...[CONTACT_KEY, CHAT_KEY, MESSAGES_KEY, NOTES_KEY, ACTIVITIES_KEY].map((kind) => [kind, accountId])]) {
    void client.invalidateQueries({ queryKey: key });
  }
}

function leave({ store, notes, drafts }: Inbox, client: QueryClient, accountId: number): void {
  store.leaveAccount(accountId);
  notes.leaveAccount(accountId);
  drafts.dropAccount(accountId);
  dropAccount(client, accountId);
}

export function InboxFeed() {
  const client = useQueryClient();
  const inbox = useInbox();
  const [recount] = useState(() => recountOn(client));
  const [announcement, setAnnouncement] = useState("");
  const [messages, notes] = useOutboxes(inbox);
  useForgetting(inbox);
  useSendingOn(messages);
  useSendingOn(notes);
  useDraftsOn(inbox);
  useDraftSync(inbox.drafts);
  useFeedListener({
    onChange: (change) => {
      const incoming = applyChange(inbox, client, change);
      if (incoming !== null) setAnnouncement(describeMessage(incoming));
      if (change.event === "chat:erased" || change.event === "chat:hidden") recount();
    },
    onReset: (accountId) => {
      reset(inbox, client, accountId);
      recount();
    },
    onLeft: (accountId) => leave(inbox, client, accountId),
  });
  return (
    <p className="visually-hidden" role="log" aria-live="polite" aria-label={t("messages.new.label")}>
      {announcement}
    </p>
  );
}
