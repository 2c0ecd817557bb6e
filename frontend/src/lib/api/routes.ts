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
import { peopleRoutes } from "./people";
import { privacyRoutes } from "./privacy";
import { refusalRoutes } from "./refusals";

const CHANNEL = "/api/channels/whatsapp";
const CHANGES_LIMIT = 500;

/** A header no other site can send without our leave: it keeps the refresh cookie from being used across sites. */
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

    fetchAccount: async (accountId: number) => {
      const answer = await signed<Account | { account: Account }>(`${CHANNEL}/${accountId}`);
      return "account" in answer ? answer.account : answer;
    },

    /** With a phone number: a code to type there instead of a picture to scan. */
    connectAccount: (phone?: string) =>
      signed<Connected>(`${CHANNEL}/connect`, { method: "POST", body: pairing(phone) }),

    /** The address of UniPile's own page to connect a number, for once. */
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

/** Where to read in a chat: before a place, after one, or around a message; otherwise at its end. */
export interface MessageSpot {
  readonly cursor?: string;
  readonly newer?: string;
  readonly around?: string;
}

interface Started {
  readonly chat: Chat;
  readonly message: Message;
}

/** What can be set on a chat. */
export interface ChatPatch {
  readonly read?: boolean;
  /** With `read`: the newest message that was shown, by its `arrived_seq`. */
  readonly read_seq?: number;
  readonly archived?: boolean;
  readonly pinned?: boolean;
  readonly muted_until?: string | null;
}

/** A message to be sent, with the id it is known by here. */
export interface Outgoing {
  readonly text: string;
  readonly clientId: string;
  readonly quoteId?: number | undefined;
  /** Up to where its writer had read. */
  readonly seenSeq: number;
  readonly files?: readonly File[] | undefined;
  /** The file is a voice message, not a file of sound. */
  readonly isVoice?: boolean | undefined;
  /** How large and how long each file is, in order. */
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

interface Sent extends OneMessage {
  readonly messages?: readonly Message[];
}

type MessagePlace = Pick<Message, "account_id" | "chat_id" | "id">;

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

    fetchChat: async (accountId: number, chatId: number, signal?: AbortSignal) => {
      const answer = await signed<Chat | { chat: Chat }>(chatPath(accountId, chatId), { signal });
      return "chat" in answer ? answer.chat : answer;
    },

    patchChat: async ({ account_id, id }: Pick<Chat, "account_id" | "id">, body: ChatPatch) =>
      (await signed<{ chat: Chat }>(chatPath(account_id, id), { method: "PATCH", body })).chat,

    listMessages: (accountId: number, chatId: number, place: MessageSpot, limit: number, signal?: AbortSignal) => {
      const query = new URLSearchParams({ limit: String(limit), ...place });
      return signed<Window<Message>>(`${chatPath(accountId, chatId)}/messages?${query.toString()}`, { signal });
    },

    /** What it became: one message, or one for each file. */
    sendMessage: async (accountId: number, chatId: number, outgoing: Outgoing): Promise<readonly Message[]> => {
      const body = outgoing.files === undefined ? jsonOf(outgoing) : formOf(outgoing, outgoing.files);
      const request = { method: "POST", body, onProgress: outgoing.onProgress, signal: outgoing.signal } as const;
      const answer = await signed<Sent>(`${chatPath(accountId, chatId)}/send`, request);
      return answer.messages ?? [answer.message];
    },
  };
}


function contactRoutes(signed: Send) {
  return {
    listPeople: (accountId: number, chatId: number, signal?: AbortSignal) =>
      signed<ChatPeople>(`${chatPath(accountId, chatId)}/people`, { signal }),

    fetchAvatar: (accountId: number, avatar: string, signal?: AbortSignal) =>
      signed<Blob>(`${CHANNEL}/${accountId}/avatars/${avatar}`, { reads: "blob", signal }),
  };
}

/** What is done with a message that is there already; each answers with the message as it stands then. */
function messageRoutes(signed: Send) {
  const amend = async ({ account_id, chat_id, id }: MessagePlace, place: string, request: Request) =>
    (await signed<OneMessage>(`${chatPath(account_id, chat_id)}/messages/${id}${place}`, request)).message;
  return {
    editMessage: (message: MessagePlace, text: string) => amend(message, "", { method: "PATCH", body: { text } }),

    deleteMessage: (message: MessagePlace) => amend(message, "", { method: "DELETE" }),

    /** Null takes the reaction back. */
    react: (message: MessagePlace, value: string | null) =>
      amend(message, "/reaction", value === null ? { method: "DELETE" } : { method: "PUT", body: { value } }),

    fetchAttachment: ({ account_id, chat_id, id }: MessagePlace, attachmentId: string, signal?: AbortSignal) => {
      const place = `${chatPath(account_id, chat_id)}/messages/${id}/attachments/${encodeURIComponent(attachmentId)}`;
      return signed<Blob>(place, { reads: "blob", signal });
    },

    /** Ask that the bytes be fetched from WhatsApp once more. */
    retryAttachment: (message: MessagePlace, attachmentId: string) =>
      amend(message, `/attachments/${encodeURIComponent(attachmentId)}/retry`, { method: "POST", body: {} }),

    retryMessage: (message: MessagePlace) => amend(message, "/retry", { method: "POST", body: {} }),
  };
}

const pairing = (phone?: string) => (phone === undefined ? {} : { method: "code", phone_number: phone });

/** What the plan allows, and what was used of it. */
function planRoutes(signed: Send) {
  return {
    listEntitlements: async (signal?: AbortSignal) =>
      (await signed<Page<Entitlement>>("/api/entitlements", { signal })).items,

    fetchUsage: (period: string, signal?: AbortSignal) => signed<Usage>(`/api/usage?period=${period}`, { signal }),
  };
}

/** The routes that need somebody signed in. */
/** What is looked for in the audit log; what is left out is not asked for. */
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
      const asked = query(filter);
      if (cursor !== null) asked.set("cursor", cursor);
      return signed<Page<AuditLine>>(`/api/audit?${asked.toString()}`, { signal });
    },

    exportAudit: (filter: AuditFilter) => signed<Blob>(`/api/audit/export?${query(filter).toString()}`, { reads: "blob" }),
  };
}

export function createRoutes(signed: Send) {
  return {
    ...accountRoutes(signed),
    ...chatRoutes(signed),
    ...contactRoutes(signed),
    ...messageRoutes(signed),
    ...planRoutes(signed),
    ...auditRoutes(signed),
    ...peopleRoutes(signed),
    ...privacyRoutes(signed),
    ...refusalRoutes(signed),
  };
}

export type Api = ReturnType<typeof createRoutes>;
