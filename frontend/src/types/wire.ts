/** What travels between the server and the browser, named as the contract names it. */

export type * from "./changes";
export type * from "./found";
export type * from "./unread";
export type * from "./usage";

export type AccountStatus = "connecting" | "connected" | "needs_action" | "degraded" | "disconnected";
export type NextStep = "none" | "wait" | "scan" | "reconnect" | "connect" | "contact_support";
export type Role = "owner" | "agent" | "viewer";
export type ChatKind = "direct" | "group" | "channel";
export type Direction = "in" | "out";
export type MessageStatus = "received" | "sending" | "sent" | "delivered" | "read" | "failed" | "unconfirmed";

/** Every row carries the number of its last change; the higher number is the newer row. */
export interface Row {
  readonly id: number;
  readonly seq: number;
}

export interface Account extends Row {
  readonly provider: string;
  readonly external_account_id: string | null;
  /** In whose name it stands: whose plan it uses. */
  readonly payer_id?: number;
  readonly status: AccountStatus;
  readonly status_reason: string | null;
  readonly name: string | null;
  readonly phone: string | null;
  /** Only over REST: an event goes to everybody, whatever their role. */
  readonly role?: Role;
  readonly last_webhook_at: string | null;
  readonly last_sweep_at: string | null;
  readonly found_late: number;
  /** The one thing somebody has to do about the number's state. */
  readonly next_step?: NextStep;
  readonly status_since?: string;
  /** How often the connection has been restarted since it last held. */
  readonly restarts?: number;
  /** Whether contacts are told that what they wrote was read here. */
  readonly read_receipts?: boolean;
  /** For so many days messages are kept; null: all of them. */
  readonly retention_days?: number | null;
  readonly import_state?: "none" | "running" | "done";
  readonly imported_messages?: number;
  readonly oldest_gap_at?: string | null;
  readonly gap_seconds?: number | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface Chat extends Row {
  readonly account_id: number;
  readonly provider_chat_id: string;
  readonly kind: ChatKind;
  readonly title: string | null;
  /** The other side of a direct chat, once it is known. */
  readonly contact?: (Sender & { readonly id: number }) | null;
  readonly last_message_at: string | null;
  readonly last_message_id: number | null;
  readonly last_message_preview: string | null;
  readonly last_message_direction: Direction | null;
  readonly last_message_status: MessageStatus | null;
  readonly unread_count: number;
  readonly archived: boolean;
  readonly pinned: boolean;
  readonly muted_until: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface Sender {
  readonly provider_id: string;
  readonly name: string | null;
  readonly phone: string | null;
  /** Names the picture's bytes; null without one. */
  readonly avatar?: string | null;
}

/** Somebody, by all the ids the provider has for them. */
export interface Contact extends Row {
  readonly account_id: number;
  readonly provider_id: string;
  readonly provider_ids: readonly string[];
  readonly name: string | null;
  readonly phone: string | null;
  readonly avatar: string | null;
}

export interface ChatPeople {
  readonly items: readonly Sender[];
  readonly files: number;
}

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly name: string | null;
  readonly address: string | null;
}

export interface CardContact {
  readonly name: string | null;
  /** With + where the card says the country. */
  readonly numbers: readonly string[];
}

export interface Attachment {
  readonly id?: string;
  readonly type?: string;
  readonly name?: string;
  readonly file_name?: string | null;
  readonly mimetype?: string | null;
  readonly file_size?: number | null;
  /** Whether the bytes are here: only `stored` ones can be read. */
  readonly state?: string;
  readonly error?: string | null;
  readonly voice_note?: boolean;
  readonly sticker?: boolean;
  readonly duration?: number | null;
  readonly width?: number | null;
  readonly height?: number | null;
  /** Of a location. */
  readonly location?: Place;
  /** Of a contact card, once it has been read. */
  readonly contacts?: readonly CardContact[];
}

export interface Reaction {
  readonly value: string;
  readonly sender?: { readonly provider_id: string; readonly name: string | null };
  /** Whether it is the number's own. */
  readonly is_own?: boolean;
}

/** The message that was answered; with `message_id` when it is stored here. */
export interface Quoted {
  readonly message_id: number | null;
  readonly provider_msg_id: string | null;
  readonly sender_id: string | null;
  readonly name: string | null;
  readonly direction: Direction | null;
  readonly body: string | null;
}

export interface MessageError {
  readonly code: string;
  readonly message: string;
}

export interface Message extends Row {
  readonly account_id: number;
  readonly chat_id: number;
  readonly provider_msg_id: string | null;
  readonly client_id: string | null;
  readonly direction: Direction;
  readonly status: MessageStatus;
  readonly body: string | null;
  readonly attachments: readonly Attachment[];
  readonly sender: Sender | null;
  readonly quoted?: Quoted | null;
  readonly is_forwarded?: boolean;
  readonly reactions: readonly Reaction[];
  /** Contacts whom `body` names: `@` and the part of the id before its `@` stand for them there. */
  readonly mentions?: readonly Sender[];
  readonly is_event: boolean;
  readonly event_type: number | null;
  /** As UniPile says it, also where its clock is ahead; `ordered_at` is what to sort by. */
  readonly sent_at: string;
  readonly ordered_at?: string;
  /** Its place in the order in which messages came to be on the server. */
  readonly arrived_seq: number;
  readonly edited_at: string | null;
  readonly deleted_at: string | null;
  readonly deleted_by?: "account" | null;
  /** When a message that has to wait its turn goes out. */
  readonly scheduled_at?: string | null;
  readonly error: MessageError | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** What the phone has to be given: a picture to scan, or a code to type. */
export type Checkpoint =
  | { readonly type: "qrcode"; readonly qrcode: string; readonly expires_at: string }
  | { readonly type: "code"; readonly code: string; readonly expires_at: string };

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** Part of a list: it goes on in both directions. */
export interface Window<T> extends Page<T> {
  /** Where newer ones are read on; null where the list ends, absent where it began there. */
  readonly previous_cursor?: string | null;
}

export interface User {
  readonly id: number;
  readonly email: string;
  readonly name: string | null;
  readonly role: string;
}

/** One line of the audit log. */
export interface AuditLine {
  readonly id: number;
  readonly at: string;
  readonly action: string;
  readonly actor_id: number | null;
  readonly actor: string;
  readonly key_id: number | null;
  readonly target_kind: string | null;
  readonly target_id: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly address: string | null;
  readonly user_agent: string | null;
}

export interface SignedIn {
  readonly token: string;
  readonly expires_at: string;
  readonly user: User;
}

export interface Connected {
  readonly account: Account;
  readonly checkpoint: Checkpoint | null;
}

export interface Config {
  readonly sandbox: boolean;
  readonly phone_url: string | null;
  readonly demo: { readonly email: string; readonly password: string } | null;
  readonly uploads?: { readonly max_bytes: number; readonly max_files: number };
  readonly providers: readonly string[];
  /** Whoever comes may make themselves an account. */
  readonly open_registration: boolean;
  /** A link to a new password comes by mail. */
  readonly forgot_password?: boolean;
  readonly version: string;
}

export interface Erasure {
  readonly id: number;
  readonly contact_id: number;
  readonly state: "running" | "done";
  readonly messages: number;
}

/** A whole number's way out; `unlinked` once UniPile has let it go too. */
export interface AccountErasure {
  readonly id: number;
  readonly account_id: number;
  readonly state: "running" | "done";
  readonly unlinked: boolean;
  readonly messages: number;
}

export interface Export {
  readonly id: number;
  readonly account_id: number;
  readonly contact_id: number | null;
  readonly with_media: boolean;
  readonly state: "waiting" | "running" | "ready" | "failed";
  readonly size: number | null;
  readonly messages: number;
  readonly expires_at: string | null;
  readonly created_at: string;
}
