/** Every route of the server this app calls, one function each. */
import type {
  AccountUnread,
  Account,
  AuditLine,
  Changes,
  Chat,
  ChatPeople,
  Config,
  Connected,
  Entitlement,
  Found,
  Message,
  Page,
  SignedIn,
  Usage,
  Window,
} from "@/types/wire";
import { send, type Request, type Send } from "./client";
import { privacyRoutes } from "./privacy";
import { rejectedAccountRoutes } from "./rejectedAccounts";
import { userRoutes } from "./users";

const CHANNEL = "/api/channels/whatsapp";
const CHANGES_LIMIT = 500;

/** A header that other sites cannot send without a CORS permission: protects the refresh cookie from cross-site requests. */
const OWN_SITE = { "X-Confab": "1" };

export const login = (email: string, password: string) =>
  send<SignedIn>("/api/auth/login", { method: "POST", body: { email, password }, headers: OWN_SITE });

export const refresh = () => send<SignedIn>("/api/auth/refresh", { method: "POST", headers: OWN_SITE });

export const logout = (token: string | null) =>
  send<undefined>("/api/auth/logout", { method: "POST", headers: OWN_SITE, token });

export const fetchConfig = (signal?: AbortSignal) => send<Config>("/api/config", { signal });

function withCursor(path: string, cursor: string | null, limit: number): string {
  const query = new URLSearchParams({ limit: String(limit) });
  if (cursor !== null) query.set("cursor", cursor);
  return `${path}?${query.toString()}`;
}

function accountRoutes(signed: Send) {
  return {
    listAccounts: async (signal?: AbortSignal) => {
      const accounts: Account[] = [];
      let cursor: string | null = null;
      do {
        const page: Page<Account> = await signed(withCursor(`${CHANNEL}/accounts`, cursor, 100), { signal });
        accounts.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor !== null);
      return accounts;
    },

    fetchAccount: async (accountId: number) =>
      (await signed<{ account: Account }>(`${CHANNEL}/${accountId}`)).account,

    /** With a phone number the checkpoint is a code to type on the phone, otherwise a QR code. */
    connectAccount: (phone?: string) =>
      signed<Connected>(`${CHANNEL}/connect`, { method: "POST", body: pairing(phone) }),

    /** The one-time address of UniPile's own page for connecting a number. */
    openHostedPage: async () => {
      const request = { method: "POST", body: { method: "hosted" } } as const;
      return (await signed<{ url: string }>(`${CHANNEL}/connect`, request)).url;
    },

    setReadReceipts: async (accountId: number, read_receipts: boolean) => {
      const request = { method: "PATCH", body: { read_receipts } } as const;
      return (await signed<{ account: Account }>(`${CHANNEL}/${accountId}`, request)).account;
    },

    reconnectAccount: (accountId: number, phone?: string) =>
      signed<Connected>(`${CHANNEL}/${accountId}/reconnect`, { method: "POST", body: pairing(phone) }),

    disconnectAccount: (accountId: number) => signed<undefined>(`${CHANNEL}/${accountId}`, { method: "DELETE" }),

    listChanges: (accountId: number, since: number) =>
      signed<Changes>(`${CHANNEL}/${accountId}/changes?since=${since}&limit=${CHANGES_LIMIT}`),
  };
}

interface ChatQuery {
  readonly cursor: string | null;
  readonly limit: number;
  readonly filter: "all" | "unread" | "groups" | "archived" | "pinned";
}

/** Which messages to read: older than a cursor, newer than one, or around a message; by default the newest. */
export interface MessagePosition {
  readonly cursor?: string;
  readonly newer?: string;
  readonly around?: string;
}

interface Started {
  readonly chat: Chat;
  readonly message: Message;
}

/** The fields of a chat that can be changed. */
export interface ChatPatch {
  readonly read?: boolean;
  /** With `read`: the `arrived_seq` of the newest message that was shown. */
  readonly read_seq?: number;
  readonly archived?: boolean;
  readonly pinned?: boolean;
  readonly muted_until?: string | null;
}

/** A message to send, with the id the browser gave it. */
export interface Outgoing {
  readonly text: string;
  readonly clientId: string;
  readonly quoteId?: number | undefined;
  /** The newest `arrived_seq` its author had seen. */
  readonly seenSeq: number;
  readonly files?: readonly File[] | undefined;
  /** The file is a voice message, not an audio attachment. */
  readonly isVoice?: boolean | undefined;
  /** Size and duration of each file, in order. */
  readonly mediaInfo?: readonly object[] | undefined;
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

const jsonOf = ({ text, clientId, quoteId, seenSeq }: Outgoing) => ({
  text,
  client_id: clientId,
  seen_seq: seenSeq,
  ...(quoteId === undefined ? {} : { quote_id: quoteId }),
});

function formOf({ text, clientId, quoteId, seenSeq, isVoice, mediaInfo }: Outgoing, files: readonly File[]): FormData {
  const form = new FormData();
  form.append("client_id", clientId);
  form.append("seen_seq", String(seenSeq));
  if (text !== "") form.append("text", text);
  if (quoteId !== undefined) form.append("quote_id", String(quoteId));
  if (mediaInfo !== undefined) form.append("media_info", JSON.stringify(mediaInfo));
  for (const file of files) form.append(isVoice ? "voice_message" : "attachments", file, file.name);
  return form;
}

interface OneMessage {
  readonly message: Message;
}

interface Sent {
  readonly messages: readonly Message[];
}

type MessageRef = Pick<Message, "account_id" | "chat_id" | "id">;

const chatPath = (accountId: number, chatId: number) => `${CHANNEL}/${accountId}/chats/${chatId}`;

function chatRoutes(signed: Send) {
  return {
    listChats: (accountId: number, { cursor, limit, filter }: ChatQuery, signal?: AbortSignal) => {
      const path = withCursor(`${CHANNEL}/${accountId}/chats`, cursor, limit);
      return signed<Page<Chat>>(filter === "all" ? path : `${path}&filter=${filter}`, { signal });
    },

    fetchUnread: async (signal?: AbortSignal) =>
      (await signed<{ accounts: readonly AccountUnread[] }>(`${CHANNEL}/unread`, { signal })).accounts,

    search: (text: string, cursor: string | null, signal?: AbortSignal) =>
      signed<Found>(`${withCursor("/api/search", cursor, 30)}&q=${encodeURIComponent(text)}`, { signal }),

    startChat: (accountId: number, to: string, text: string, clientId: string) => {
      const body = { to, text, client_id: clientId };
      return signed<Started>(`${CHANNEL}/${accountId}/chats`, { method: "POST", body });
    },

    fetchChat: async (accountId: number, chatId: number, signal?: AbortSignal) =>
      (await signed<{ chat: Chat }>(chatPath(accountId, chatId), { signal })).chat,

    patchChat: async ({ account_id, id }: Pick<Chat, "account_id" | "id">, body: ChatPatch) =>
      (await signed<{ chat: Chat }>(chatPath(account_id, id), { method: "PATCH", body })).chat,

    listMessages: (accountId: number, chatId: number, position: MessagePosition, limit: number, signal?: AbortSignal) => {
      const query = new URLSearchParams({ limit: String(limit), ...position });
      return signed<Window<Message>>(`${chatPath(accountId, chatId)}/messages?${query.toString()}`, { signal });
    },

    /** One message, or one for each file. */
    sendMessage: async (accountId: number, chatId: number, outgoing: Outgoing): Promise<readonly Message[]> => {
      const body = outgoing.files === undefined ? jsonOf(outgoing) : formOf(outgoing, outgoing.files);
      const request = { method: "POST", body, onProgress: outgoing.onProgress, signal: outgoing.signal } as const;
      return (await signed<Sent>(`${chatPath(accountId, chatId)}/send`, request)).messages;
    },
  };
}

function contactRoutes(signed: Send) {
  return {
    listChatContacts: (accountId: number, chatId: number, signal?: AbortSignal) =>
      signed<ChatPeople>(`${chatPath(accountId, chatId)}/people`, { signal }),

    fetchAvatar: (accountId: number, avatar: string, signal?: AbortSignal) =>
      signed<Blob>(`${CHANNEL}/${accountId}/avatars/${avatar}`, { reads: "blob", signal }),
  };
}

/** Changes of stored messages; each answers with the changed message. */
function messageRoutes(signed: Send) {
  const amend = async ({ account_id, chat_id, id }: MessageRef, path: string, request: Request) =>
    (await signed<OneMessage>(`${chatPath(account_id, chat_id)}/messages/${id}${path}`, request)).message;
  return {
    editMessage: (message: MessageRef, text: string) => amend(message, "", { method: "PATCH", body: { text } }),

    deleteMessage: (message: MessageRef) => amend(message, "", { method: "DELETE" }),

    /** Null removes the reaction. */
    react: (message: MessageRef, value: string | null) =>
      amend(message, "/reaction", value === null ? { method: "DELETE" } : { method: "PUT", body: { value } }),

    fetchAttachment: ({ account_id, chat_id, id }: MessageRef, attachmentId: string, signal?: AbortSignal) => {
      const path = `${chatPath(account_id, chat_id)}/messages/${id}/attachments/${encodeURIComponent(attachmentId)}`;
      return signed<Blob>(path, { reads: "blob", signal });
    },

    /** Asks the server to fetch the file from WhatsApp again. */
    retryAttachment: (message: MessageRef, attachmentId: string) =>
      amend(message, `/attachments/${encodeURIComponent(attachmentId)}/retry`, { method: "POST", body: {} }),

    retryMessage: (message: MessageRef) => amend(message, "/retry", { method: "POST", body: {} }),
  };
}

const pairing = (phone?: string) => (phone === undefined ? {} : { method: "code", phone_number: phone });

/** Plan limits and usage. */
function planRoutes(signed: Send) {
  return {
    listEntitlements: async (signal?: AbortSignal) =>
      (await signed<Page<Entitlement>>("/api/entitlements", { signal })).items,

    fetchUsage: (period: string, signal?: AbortSignal) => signed<Usage>(`/api/usage?period=${period}`, { signal }),
  };
}

/** Filters of the audit log; a filter that is left out does not apply. */
export interface AuditFilter {
  readonly action?: string;
  readonly actor_id?: string;
  readonly since?: string;
  readonly until?: string;
}

function auditRoutes(signed: Send) {
  const query = (filter: AuditFilter) => new URLSearchParams(Object.entries(filter) as [string, string][]);
  return {
    listAudit: (filter: AuditFilter, cursor: string | null, signal?: AbortSignal) => {
      const params = query(filter);
      if (cursor !== null) params.set("cursor", cursor);
      return signed<Page<AuditLine>>(`/api/audit?${params.toString()}`, { signal });
    },

    exportAudit: (filter: AuditFilter) => signed<Blob>(`/api/audit/export?${query(filter).toString()}`, { reads: "blob" }),
  };
}

/** The routes that need a signed-in user. */
export function createRoutes(signed: Send) {
  return {
    ...accountRoutes(signed),
    ...chatRoutes(signed),
    ...contactRoutes(signed),
    ...messageRoutes(signed),
    ...planRoutes(signed),
    ...auditRoutes(signed),
    ...userRoutes(signed),
    ...privacyRoutes(signed),
    ...rejectedAccountRoutes(signed),
  };
}

export type Api = ReturnType<typeof createRoutes>;
