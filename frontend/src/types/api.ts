/** Generated from the server's OpenAPI document by `make wire-types`. Do not edit. */
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        readonly PlanLimit: {
            /** @enum {string} */
            readonly what: "messages" | "accounts" | "seats";
            readonly plan: string;
            readonly allowed: number;
            readonly used: number;
            readonly wanted: number;
            readonly until: string | null;
        };
        readonly Failed: {
            readonly code: string;
            readonly message: string;
            readonly fields?: {
                readonly [key: string]: unknown;
            };
            readonly limit?: components["schemas"]["PlanLimit"];
            readonly request_id: string;
        };
        readonly Error: {
            readonly error: components["schemas"]["Failed"];
        };
        readonly Health: {
            /** @enum {string} */
            readonly status: "ok";
        };
        readonly Check: {
            readonly ok: boolean;
            readonly ms?: number;
            readonly error?: string;
            readonly reason?: string;
            readonly dead_letters?: number;
            readonly queue_age_seconds?: {
                readonly [key: string]: number;
            };
            readonly worker_alive?: boolean;
            readonly clock_skew_seconds?: number;
            /** @enum {string} */
            readonly circuit?: "closed" | "open" | "half_open";
        };
        readonly Readiness: {
            /** @enum {string} */
            readonly status: "ready" | "unavailable";
            readonly checks: {
                readonly [key: string]: components["schemas"]["Check"];
            };
        };
        readonly DemoLogin: {
            readonly email: string;
            readonly password: string;
        };
        readonly Uploads: {
            readonly max_bytes: number;
            readonly max_files: number;
        };
        readonly Settings: {
            readonly sandbox: boolean;
            readonly phone_url: string | null;
            readonly demo: components["schemas"]["DemoLogin"] | null;
            readonly providers: readonly string[];
            readonly open_registration: boolean;
            readonly forgot_password: boolean;
            readonly uploads: components["schemas"]["Uploads"];
            readonly version: string;
        };
        readonly Login: {
            readonly email: string;
            readonly password: string;
        };
        readonly User: {
            readonly id: number;
            readonly email: string;
            readonly name: string;
            readonly role: string;
        };
        readonly Session: {
            readonly permissions: readonly string[];
            readonly number_permissions: {
                readonly [key: string]: readonly string[];
            };
            readonly token: string;
            readonly expires_at: string;
            readonly user: components["schemas"]["User"];
        };
        readonly ForgotPassword: {
            readonly email: string;
        };
        readonly Register: {
            readonly email: string;
            readonly name: string;
            readonly password: string;
        };
        readonly LinkToken: {
            readonly token: string;
        };
        readonly KnownLink: {
            /** @enum {string} */
            readonly kind: "first_run" | "invitation" | "reset";
            readonly email: string;
            readonly name: string;
        };
        readonly AcceptLink: {
            readonly token: string;
            readonly password: string;
            /** @default null */
            readonly name?: string | null;
            /** @default null */
            readonly email?: string | null;
        };
        readonly TestToken: {
            /** @default null */
            readonly user_id?: string | null;
            /** @default null */
            readonly email?: string | null;
            /** @default null */
            readonly name?: string | null;
        };
        readonly KeyOfMe: {
            readonly id: number;
            readonly name: string;
            readonly scopes: readonly string[];
            readonly account_ids: readonly number[] | null;
        };
        readonly Me: {
            readonly permissions: readonly string[];
            readonly number_permissions: {
                readonly [key: string]: readonly string[];
            };
            readonly user: components["schemas"]["User"];
            readonly key: components["schemas"]["KeyOfMe"] | null;
        };
        readonly ChangeProfile: {
            readonly name: string;
        };
        readonly ChangePassword: {
            readonly old_password: string;
            readonly new_password: string;
        };
        readonly NumberOfPerson: {
            readonly account_id: number;
            readonly name: string | null;
            readonly phone: string | null;
            /** @enum {string} */
            readonly role: "viewer" | "agent" | "owner";
        };
        readonly TeamUser: {
            readonly id: number;
            readonly email: string;
            readonly name: string;
            /** @enum {string} */
            readonly role: "viewer" | "agent" | "admin" | "owner";
            /** @enum {string} */
            readonly status: "active" | "invited" | "disabled";
            readonly link_expires_at: string | null;
            readonly numbers: readonly components["schemas"]["NumberOfPerson"][];
            readonly seen_at: string | null;
            readonly created_at: string;
        };
        readonly TeamUserList: {
            readonly items: readonly components["schemas"]["TeamUser"][];
            readonly next_cursor: string | null;
        };
        readonly InviteUser: {
            readonly email: string;
            /** @enum {string} */
            readonly role: "viewer" | "agent" | "admin" | "owner";
            /** @default null */
            readonly name?: string | null;
        };
        readonly Link: {
            readonly url: string;
            readonly expires_at: string;
            readonly is_mailed: boolean;
        };
        readonly TeamUserWithLink: {
            readonly user: components["schemas"]["TeamUser"];
            readonly link: components["schemas"]["Link"];
        };
        readonly ChangeUser: {
            readonly name?: string;
            /** @enum {string} */
            readonly role?: "viewer" | "agent" | "admin" | "owner";
            readonly is_active?: boolean;
        };
        readonly OneTeamUser: {
            readonly user: components["schemas"]["TeamUser"];
        };
        readonly ApiKey: {
            readonly id: number;
            readonly name: string;
            readonly prefix: string;
            readonly scopes: readonly ("read" | "send" | "manage")[];
            readonly all_accounts: boolean;
            readonly account_ids: readonly number[];
            readonly user_id: number;
            readonly user_name: string;
            readonly expires_at: string | null;
            readonly revoked_at: string | null;
            readonly last_used_at: string | null;
            readonly created_at: string;
        };
        readonly ApiKeyList: {
            readonly items: readonly components["schemas"]["ApiKey"][];
            readonly next_cursor: string | null;
        };
        readonly CreateKey: {
            readonly name: string;
            readonly scopes: readonly ("read" | "send" | "manage")[];
            /** @default null */
            readonly account_ids?: readonly number[] | null;
            /** @default null */
            readonly expires_at?: string | null;
        };
        readonly CreatedKey: {
            readonly key: components["schemas"]["ApiKey"];
            readonly secret: string;
        };
        readonly Member: {
            readonly user_id: number;
            readonly name: string;
            readonly email: string;
            /** @enum {string} */
            readonly role: "viewer" | "agent" | "owner";
            readonly is_active: boolean;
            readonly is_payer: boolean;
            readonly created_at: string;
        };
        readonly MemberList: {
            readonly items: readonly components["schemas"]["Member"][];
            readonly next_cursor: string | null;
        };
        readonly SetMember: {
            /** @enum {string} */
            readonly role: "viewer" | "agent" | "owner";
        };
        readonly OneMember: {
            readonly member: components["schemas"]["Member"];
        };
        readonly SetPayer: {
            readonly user_id: number;
        };
        readonly Limit: {
            readonly allowed: number | null;
            readonly used: number;
        };
        readonly MonthLimit: {
            readonly allowed: number | null;
            readonly used: number;
            /** @enum {string} */
            readonly level: "ok" | "warning" | "reached";
            readonly until: string;
        };
        readonly Grant: {
            /** @enum {string} */
            readonly source: "plan" | "trial" | "manual" | "billing";
            readonly plan: string;
            readonly is_active: boolean;
            readonly expires_at: string | null;
        };
        readonly Entitlement: {
            readonly provider: string;
            readonly is_active: boolean;
            readonly plan: string | null;
            /** @enum {string|null} */
            readonly source: "plan" | "trial" | "manual" | "billing" | null;
            readonly expires_at: string | null;
            readonly accounts: components["schemas"]["Limit"];
            readonly messages: components["schemas"]["MonthLimit"];
            readonly seats: components["schemas"]["Limit"];
            readonly features: readonly string[];
            readonly grants: readonly components["schemas"]["Grant"][];
        };
        readonly EntitlementList: {
            readonly items: readonly components["schemas"]["Entitlement"][];
            readonly next_cursor: string | null;
        };
        readonly Day: {
            readonly day: string;
            readonly sent: number;
            readonly received: number;
        };
        readonly MonthUsage: {
            readonly provider: string;
            readonly period: string;
            readonly messages_sent: number;
            readonly messages_rcvd: number;
            readonly sent_here: number;
            readonly plan: string | null;
            readonly allowed: number | null;
            /** @enum {string} */
            readonly level: "ok" | "warning" | "reached";
            readonly until: string;
            readonly days: readonly components["schemas"]["Day"][];
        };
        readonly Usage: {
            readonly period: string;
            readonly items: readonly components["schemas"]["MonthUsage"][];
        };
        readonly BillingData: {
            /** @default null */
            readonly user_id?: number | null;
            /** @default null */
            readonly email?: string | null;
            /**
             * @default whatsapp
             * @enum {string}
             */
            readonly provider?: "whatsapp";
            /** @default null */
            readonly plan?: string | null;
            /**
             * Format: date-time
             * @default null
             */
            readonly expires_at?: string | null;
        };
        readonly BillingEvent: {
            /** @enum {string} */
            readonly type: "entitlement.granted" | "entitlement.revoked";
            /** Format: date-time */
            readonly timestamp: string;
            readonly data: components["schemas"]["BillingData"];
        };
        readonly BillingAnswer: {
            readonly received: boolean;
            readonly applied: boolean;
        };
        readonly Account: {
            readonly id: number;
            readonly provider: string;
            readonly external_account_id: string;
            readonly payer_id: number;
            /** @enum {string} */
            readonly status: "connecting" | "connected" | "needs_action" | "degraded" | "disconnected";
            readonly status_reason: string | null;
            /** @enum {string} */
            readonly next_step: "none" | "wait" | "scan" | "reconnect" | "connect" | "contact_support";
            readonly status_since: string;
            readonly restarts: number;
            readonly name: string | null;
            readonly phone: string | null;
            /** @enum {string} */
            readonly role?: "owner" | "agent" | "viewer";
            readonly seq: number;
            readonly last_webhook_at: string | null;
            readonly last_sweep_at: string | null;
            readonly found_late: number;
            readonly read_receipts: boolean;
            readonly retention_days: number | null;
            /** @enum {string} */
            readonly import_state: "none" | "running" | "done";
            readonly imported_messages: number;
            readonly oldest_gap_at: string | null;
            readonly gap_seconds: number | null;
            readonly created_at: string;
            readonly updated_at: string;
        };
        readonly AccountList: {
            readonly items: readonly components["schemas"]["Account"][];
            readonly next_cursor: string | null;
        };
        readonly Connect: {
            /** @default null */
            readonly external_account_id?: string | null;
            /**
             * @default qrcode
             * @enum {string}
             */
            readonly method?: "qrcode" | "hosted" | "code";
            /** @default null */
            readonly phone_number?: string | null;
        };
        readonly Checkpoint: {
            /** @enum {string} */
            readonly type: "qrcode" | "code";
            readonly qrcode?: string;
            readonly code?: string;
            readonly expires_at: string;
        };
        readonly Connected: {
            readonly account: components["schemas"]["Account"] | null;
            readonly checkpoint?: components["schemas"]["Checkpoint"] | null;
            readonly url?: string;
        };
        readonly Refused: {
            readonly code: string;
            readonly message: string;
            readonly fields?: {
                readonly [key: string]: unknown;
            };
            readonly limit?: components["schemas"]["PlanLimit"];
        };
        readonly Refusal: {
            readonly id: number;
            readonly provider: string;
            readonly phone: string | null;
            readonly error: components["schemas"]["Refused"];
            readonly created_at: string;
        };
        readonly RefusalList: {
            readonly items: readonly components["schemas"]["Refusal"][];
            readonly next_cursor: string | null;
        };
        readonly OneAccount: {
            readonly account: components["schemas"]["Account"];
        };
        readonly PatchAccount: {
            readonly read_receipts?: boolean;
            readonly retention_days?: number | null;
        };
        readonly Reconnect: {
            /**
             * @default qrcode
             * @enum {string}
             */
            readonly method?: "qrcode" | "code";
            /** @default null */
            readonly phone_number?: string | null;
        };
        readonly UnreadChat: {
            readonly id: number;
            readonly unread_count: number;
            readonly archived: boolean;
        };
        readonly AccountUnread: {
            readonly account_id: number;
            readonly seq: number;
            readonly messages: number;
            readonly archived: number;
            readonly chats: readonly components["schemas"]["UnreadChat"][];
        };
        readonly Unread: {
            readonly accounts: readonly components["schemas"]["AccountUnread"][];
        };
        readonly Change: {
            readonly seq: number;
            readonly event: string;
            readonly data: {
                readonly [key: string]: unknown;
            };
        };
        readonly Changes: {
            readonly items: readonly components["schemas"]["Change"][];
            readonly seq: number;
            readonly more: boolean;
            readonly reset?: boolean;
        };
        readonly ChatContact: {
            readonly provider_id: string;
            readonly name: string | null;
            readonly phone: string | null;
            readonly avatar: string | null;
            readonly id: number;
        };
        readonly Chat: {
            readonly id: number;
            readonly account_id: number;
            readonly provider_chat_id: string;
            /** @enum {string} */
            readonly kind: "direct" | "group" | "channel";
            readonly title: string | null;
            readonly contact: components["schemas"]["ChatContact"] | null;
            readonly last_message_id: number | null;
            readonly last_message_at: string | null;
            readonly last_message_preview: string | null;
            readonly last_message_direction: string | null;
            readonly last_message_status: string | null;
            readonly unread_count: number;
            readonly archived: boolean;
            readonly pinned: boolean;
            readonly muted_until: string | null;
            readonly seq: number;
            readonly created_at: string;
            readonly updated_at: string;
        };
        readonly ChatList: {
            readonly items: readonly components["schemas"]["Chat"][];
            readonly next_cursor: string | null;
        };
        readonly StartChat: {
            readonly to: string;
            readonly text: string;
            /** @default null */
            readonly client_id?: string | null;
        };
        readonly Location: {
            readonly latitude: number;
            readonly longitude: number;
            readonly name: string | null;
            readonly address: string | null;
        };
        readonly CardContact: {
            readonly name: string | null;
            readonly numbers: readonly string[];
        };
        readonly Attachment: {
            readonly id: string;
            readonly type: string;
            readonly file_name: string | null;
            readonly mimetype: string | null;
            readonly file_size: number | null;
            /** @enum {string} */
            readonly state: "waiting" | "stored" | "none" | "failed" | "expired" | "unavailable";
            readonly error: string | null;
            readonly voice_note: boolean;
            readonly sticker: boolean;
            readonly duration: number | null;
            readonly width: number | null;
            readonly height: number | null;
            readonly location?: components["schemas"]["Location"];
            readonly contacts?: readonly components["schemas"]["CardContact"][];
        };
        readonly Person: {
            readonly provider_id: string;
            readonly name: string | null;
            readonly phone: string | null;
            readonly avatar: string | null;
        };
        readonly Quoted: {
            readonly message_id: number | null;
            readonly provider_msg_id: string | null;
            readonly sender_id: string | null;
            readonly name: string | null;
            /** @enum {string|null} */
            readonly direction: "in" | "out" | null;
            readonly body: string | null;
        };
        readonly Reactor: {
            readonly provider_id: string;
            readonly name: string | null;
        };
        readonly Reaction: {
            readonly value: string;
            readonly sender: components["schemas"]["Reactor"];
            readonly is_own: boolean;
        };
        readonly Mention: {
            readonly provider_id: string;
            readonly name: string | null;
            readonly phone: string | null;
        };
        readonly Failure: {
            readonly code: string;
            readonly message: string;
        };
        readonly Message: {
            readonly id: number;
            readonly account_id: number;
            readonly chat_id: number;
            readonly provider_msg_id: string | null;
            readonly client_id: string | null;
            /** @enum {string} */
            readonly direction: "in" | "out";
            /** @enum {string} */
            readonly status: "received" | "sending" | "sent" | "delivered" | "read" | "failed" | "unconfirmed";
            readonly body: string | null;
            readonly attachments: readonly components["schemas"]["Attachment"][];
            readonly sender: components["schemas"]["Person"] | null;
            readonly quoted: components["schemas"]["Quoted"] | null;
            readonly reactions: readonly components["schemas"]["Reaction"][];
            readonly mentions: readonly components["schemas"]["Mention"][];
            readonly is_forwarded: boolean;
            readonly is_event: boolean;
            readonly event_type: number | null;
            readonly sent_at: string;
            readonly ordered_at: string;
            readonly edited_at: string | null;
            readonly deleted_at: string | null;
            /** @enum {string|null} */
            readonly deleted_by: "account" | null;
            readonly scheduled_at: string | null;
            readonly error: components["schemas"]["Failure"] | null;
            readonly seq: number;
            readonly arrived_seq: number;
            readonly created_at: string;
            readonly updated_at: string;
        };
        readonly StartedChat: {
            readonly chat: components["schemas"]["Chat"];
            readonly message: components["schemas"]["Message"];
        };
        readonly OneChat: {
            readonly chat: components["schemas"]["Chat"];
        };
        readonly PatchChat: {
            readonly read?: boolean;
            readonly read_seq?: number;
            readonly archived?: boolean;
            readonly pinned?: boolean;
            readonly muted_until?: string | null;
        };
        readonly ChatPeople: {
            readonly items: readonly components["schemas"]["Person"][];
            readonly files: number;
        };
        readonly MessageList: {
            readonly items: readonly components["schemas"]["Message"][];
            readonly next_cursor: string | null;
            readonly previous_cursor?: string | null;
        };
        readonly Send: {
            readonly text: string;
            /** @default null */
            readonly quote_id?: number | null;
            /** @default null */
            readonly client_id?: string | null;
            /** @default null */
            readonly seen_seq?: number | null;
        };
        readonly SendForms: {
            /** @default null */
            readonly text?: string | null;
            /** @default null */
            readonly quote_id?: number | null;
            /** @default null */
            readonly client_id?: string | null;
            /** @default null */
            readonly seen_seq?: number | null;
            /** @description Files, each sent as its own message; also accepted as `attachments[]`. */
            readonly attachments?: readonly string[];
            /** @description `true`: send the Ogg Opus files in `attachments` as voice notes. Or the voice note itself, as a file. */
            readonly voice_message?: unknown;
            /** @description Sizes of images and videos and durations of recordings, as JSON: a list with one object per file, in order: `[{"width": 1600, "height": 1200}, {"duration": 12}]`. Each may have `width`, `height` (pixels) and `duration` (seconds), or be `{}`. An image's own size takes precedence. */
            readonly media_info?: string;
        };
        readonly Sent: {
            readonly message: components["schemas"]["Message"];
            readonly messages: readonly components["schemas"]["Message"][];
        };
        readonly FoundPerson: {
            readonly id: number;
            readonly account_id: number;
            readonly provider_id: string;
            readonly name: string | null;
            readonly phone: string | null;
            readonly avatar: string | null;
            readonly chat_id: number | null;
        };
        readonly FoundMessage: {
            readonly id: number;
            readonly account_id: number;
            readonly chat_id: number;
            readonly provider_msg_id: string | null;
            readonly client_id: string | null;
            /** @enum {string} */
            readonly direction: "in" | "out";
            /** @enum {string} */
            readonly status: "received" | "sending" | "sent" | "delivered" | "read" | "failed" | "unconfirmed";
            readonly body: string | null;
            readonly attachments: readonly components["schemas"]["Attachment"][];
            readonly sender: components["schemas"]["Person"] | null;
            readonly quoted: components["schemas"]["Quoted"] | null;
            readonly reactions: readonly components["schemas"]["Reaction"][];
            readonly mentions: readonly components["schemas"]["Mention"][];
            readonly is_forwarded: boolean;
            readonly is_event: boolean;
            readonly event_type: number | null;
            readonly sent_at: string;
            readonly ordered_at: string;
            readonly edited_at: string | null;
            readonly deleted_at: string | null;
            /** @enum {string|null} */
            readonly deleted_by: "account" | null;
            readonly scheduled_at: string | null;
            readonly error: components["schemas"]["Failure"] | null;
            readonly seq: number;
            readonly arrived_seq: number;
            readonly created_at: string;
            readonly updated_at: string;
            readonly chat_title: string | null;
        };
        readonly Found: {
            readonly people: readonly components["schemas"]["FoundPerson"][];
            readonly chats: readonly components["schemas"]["Chat"][];
            readonly messages: readonly components["schemas"]["FoundMessage"][];
            readonly next_cursor: string | null;
            readonly is_complete: boolean;
        };
        readonly EditMessage: {
            readonly text: string;
        };
        readonly OneMessage: {
            readonly message: components["schemas"]["Message"];
        };
        readonly React: {
            readonly value: string;
        };
        readonly Erasure: {
            readonly id: number;
            readonly account_id: number;
            readonly contact_id: number;
            /** @enum {string} */
            readonly state: "running" | "done";
            readonly messages: number;
            readonly created_at: string;
            readonly updated_at: string;
        };
        readonly OneErasure: {
            readonly erasure: components["schemas"]["Erasure"];
        };
        readonly AccountErasure: {
            readonly id: number;
            readonly account_id: number;
            /** @enum {string} */
            readonly state: "running" | "done";
            readonly unlinked: boolean;
            readonly messages: number;
            readonly created_at: string;
            readonly updated_at: string;
        };
        readonly OneAccountErasure: {
            readonly erasure: components["schemas"]["AccountErasure"];
        };
        readonly AccountErasureList: {
            readonly items: readonly components["schemas"]["AccountErasure"][];
            readonly next_cursor: string | null;
        };
        readonly RequestExport: {
            /** @default null */
            readonly contact_id?: number | null;
            /** @default false */
            readonly with_media?: boolean;
        };
        readonly Export: {
            readonly id: number;
            readonly account_id: number;
            readonly contact_id: number | null;
            readonly with_media: boolean;
            /** @enum {string} */
            readonly state: "waiting" | "running" | "ready" | "failed";
            readonly size: number | null;
            readonly messages: number;
            readonly expires_at: string | null;
            readonly created_at: string;
            readonly updated_at: string;
        };
        readonly OneExport: {
            readonly export: components["schemas"]["Export"];
        };
        readonly ExportList: {
            readonly items: readonly components["schemas"]["Export"][];
            readonly next_cursor: string | null;
        };
        readonly AuditLine: {
            readonly id: number;
            readonly at: string;
            readonly action: string;
            readonly actor_id: number | null;
            readonly actor: string;
            readonly key_id: number | null;
            readonly target_kind: string | null;
            readonly target_id: string | null;
            readonly details: {
                readonly [key: string]: unknown;
            };
            readonly address: string | null;
            readonly user_agent: string | null;
        };
        readonly AuditList: {
            readonly items: readonly components["schemas"]["AuditLine"][];
            readonly next_cursor: string | null;
        };
        readonly Received: {
            readonly received: boolean;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
