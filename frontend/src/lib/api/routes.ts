/** Every route of the server this app calls, one function each. */
import type {
  Account,
  AuditLine, Changes,
  Chat,
  ChatPeople,
  Connected,
  Message,
  Page,
  Window,
} from "@/types/wire";
import "@/i18n/said";
import type { Request, Send } from "./client";
import { conversationRoutes } from "./conversations";
import { hoursRoutes } from "./hours";
import { labelRoutes } from "./labels";
import { firstRoutes } from "./firstRoutes";
import type { MessageRef } from "./media";
import { newChatRoutes } from "./newChats";
import { noteRoutes } from "./notes";
import { ownRoutes } from "./own";
import { plannedRoutes } from "./planned";
import { privacyRoutes } from "./privacy";
import { rejectedAccountRoutes } from "./rejectedAccounts";
import { replyRoutes } from "./replies";
import { reportRoutes } from "./reports";
import { ruleRoutes } from "./rules";
import { searchRoutes } from "./search";
import { surveyRoutes } from "./surveys";
import { systemRoutes } from "./system";
import { teamSettingsRoutes } from "./teamSettings";
import { userRoutes } from "./users";

const CHANNEL = "/api/channels/whatsapp";
const CHANGES_LIMIT = 500;

function accountRoutes(signed: Send) {
  return {
    fetchAccount: async (accountId: number) => (await signed<{ account: Account }>(`${CHANNEL}/${accountId}`)).account,

    /** With a phone number the checkpoint is a code to type on the phone, otherwise a QR code. */
    connectAccount: (phone?: string) =>
      signed<Connected>(`${CHANNEL}/connect`, { method: "POST", body: pairing(phone) }),

    /** The one-time address of UniPile's own page for connecting a number, or for reconnecting a known one. */
    openHostedPage: async (knownId?: number) => {
      const request = { method: "POST", body: { method: "hosted" } } as const;
      return (await signed<{ url: string }>(`${CHANNEL}/${knownId === undefined ? "connect" : `${knownId}/reconnect`}`, request)).url;
    },

    changeAccount: async (accountId: number, body: Partial<Pick<Account, "read_receipts" | "category_required" | "assignment_mode" | "chat_limit">>) => {
      const request = { method: "PATCH", body } as const;
      return (await signed<{ account: Account }>(`${CHANNEL}/${accountId}`, request)).account;
    },

    reconnectAccount: (accountId: number, phone?: string) =>
      signed<Connected>(`${CHANNEL}/${accountId}/reconnect`, { method: "POST", body: pairing(phone) }),

    /** In the sandbox only: links the account if it is pairing, and lets customers write to it. */
    playBusyDay: (accountId: number) => signed<undefined>(`${CHANNEL}/${accountId}/busy-day`, { method: "POST" }),

    disconnectAccount: (accountId: number) => signed<undefined>(`${CHANNEL}/${accountId}`, { method: "DELETE" }),

    listChanges: (accountId: number, since: number) =>
      signed<Changes>(`${CHANNEL}/${accountId}/changes?since=${since}&limit=${CHANGES_LIMIT}`),
  };
}

/** Which messages to read: older than a cursor, newer than one, or around a message; by default the newest. */
export interface MessagePosition {
  readonly cursor?: string;
  readonly newer?: string;
  readonly around?: string;
  /** Around the first unread message, unless the newest ones include it. */
  readonly at?: "unread";
}

interface Started {
  readonly chat: Chat;
  readonly message: Message;
}

/** A message to send, with the id the browser gave it. */
export interface Outgoing {
  readonly text: string;
  readonly clientId: string;
  readonly quoteId?: number | undefined;
  /** The newest `arrived_seq` its author had seen. */
  readonly seenSeq: number;
  /** Not sent if a colleague has written or taken the chat since then. */
  readonly hold: boolean;
  readonly files?: readonly File[] | undefined;
  /** The file is a voice message, not an audio attachment. */
  readonly isVoice?: boolean | undefined;
  /** Size and duration of each file, in order. */
  readonly mediaInfo?: readonly object[] | undefined;
  readonly patience?: number | undefined;
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

const jsonOf = ({ text, clientId, quoteId, seenSeq, hold }: Outgoing) => ({
  text,
  client_id: clientId,
  seen_seq: seenSeq,
  hold,
  ...(quoteId === undefined ? {} : { quote_id: quoteId }),
});

function formOf({ text, clientId, quoteId, seenSeq, hold, isVoice, mediaInfo }: Outgoing, files: readonly File[]): FormData {
  const form = new FormData();
  form.append("client_id", clientId);
  form.append("seen_seq", String(seenSeq));
  form.append("hold", String(hold));
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

interface ByteRange {
  readonly from: number;
  readonly to: number;
}

const chatPath = (accountId: number, chatId: number) => `${CHANNEL}/${accountId}/chats/${chatId}`;

function chatRoutes(signed: Send) {
  return {
    startChat: (accountId: number, to: string, text: string, clientId: string) => {
      const body = { to, text, client_id: clientId };
      return signed<Started>(`${CHANNEL}/${accountId}/chats`, { method: "POST", body });
    },

    listMessages: (accountId: number, chatId: number, position: MessagePosition, limit: number, signal?: AbortSignal) => {
      const query = new URLSearchParams({ limit: String(limit), ...position });
      return signed<Window<Message>>(`${chatPath(accountId, chatId)}/messages?${query.toString()}`, { signal });
    },

    /** One message, or one for each file. */
    sendMessage: async (accountId: number, chatId: number, outgoing: Outgoing): Promise<readonly Message[]> => {
      const body = outgoing.files === undefined ? jsonOf(outgoing) : formOf(outgoing, outgoing.files);
      const request = { method: "POST", body, onProgress: outgoing.onProgress, patience: outgoing.patience, signal: outgoing.signal } as const;
      return (await signed<Sent>(`${chatPath(accountId, chatId)}/send`, request)).messages;
    },
  };
}

function contactRoutes(signed: Send) {
  return {
    listChatContacts: (accountId: number, chatId: number, signal?: AbortSignal) =>
      signed<ChatPeople>(`${chatPath(accountId, chatId)}/people`, { signal }),
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

    /** The bytes from one position to another, which is not included. */
    fetchAttachmentPart: ({ account_id, chat_id, id }: MessageRef, attachmentId: string, { from, to }: ByteRange, signal?: AbortSignal) => {
      const path = `${chatPath(account_id, chat_id)}/messages/${id}/attachments/${encodeURIComponent(attachmentId)}`;
      return signed<Blob>(path, { reads: "blob", headers: { Range: `bytes=${from}-${to - 1}` }, signal });
    },

    /** Asks the server to fetch the file from WhatsApp again. */
    retryAttachment: (message: MessageRef, attachmentId: string) =>
      amend(message, `/attachments/${encodeURIComponent(attachmentId)}/retry`, { method: "POST", body: {} }),

    retryMessage: (message: MessageRef) => amend(message, "/retry", { method: "POST", body: {} }),
  };
}

const pairing = (phone?: string) => (phone === undefined ? {} : { method: "code", phone_number: phone });

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

/** What later parts of the app call. */
export function laterRoutes(signed: Send) {
  return {
    ...accountRoutes(signed),
    ...chatRoutes(signed),
    ...contactRoutes(signed),
    ...conversationRoutes(signed),
    ...hoursRoutes(signed),
    ...messageRoutes(signed),
    ...newChatRoutes(signed),
    ...noteRoutes(signed),
    ...ownRoutes(signed),
    ...auditRoutes(signed),
    ...reportRoutes(signed),
    ...systemRoutes(signed),
    ...teamSettingsRoutes(signed),
    ...userRoutes(signed),
    ...privacyRoutes(signed),
    ...rejectedAccountRoutes(signed),
    ...searchRoutes(signed),
    ...labelRoutes(signed),
    ...replyRoutes(signed),
    ...plannedRoutes(signed),
    ...ruleRoutes(signed),
    ...surveyRoutes(signed),
  };
}

/** The routes that need a signed-in user. */
export const createRoutes = (signed: Send, mediaKey = "") => ({ ...firstRoutes(signed, mediaKey), ...laterRoutes(signed) });

export type Api = ReturnType<typeof createRoutes>;
