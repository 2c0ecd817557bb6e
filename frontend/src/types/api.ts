/** Generated from the server's OpenAPI document by `make wire-types`. Do not edit. */
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        readonly Reason: {
            readonly code: string;
            readonly params: {
                readonly [key: string]: unknown;
            };
        };
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
            readonly reason?: components["schemas"]["Reason"];
            readonly fields?: {
                readonly [key: string]: unknown;
            };
            readonly field_reasons?: {
                readonly [key: string]: readonly components["schemas"]["Reason"][];
            };
            readonly limit?: components["schemas"]["PlanLimit"];
            readonly details?: {
                readonly [key: string]: unknown;
            };
            readonly request_id: string;
        };
        readonly Error: {
            readonly error: components["schemas"]["Failed"];
        };
        readonly Health: {
            /** @enum {string} */
            readonly status: "ok";
            readonly version: string;
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
            readonly checks?: {
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
            readonly mail: boolean;
            readonly webpush_key: string | null;
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
            readonly media_key: string;
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
        readonly Availability: {
            readonly away_since: string | null;
        };
        readonly SetAvailability: {
            readonly away: boolean;
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
            readonly away_since: string | null;
            readonly chat_limit: number | null;
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
            readonly chat_limit?: number | null;
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
            readonly restricted: boolean;
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
            /** @default null */
            readonly restricted?: boolean | null;
        };
        readonly OneMember: {
            readonly member: components["schemas"]["Member"];
        };
        readonly SetPayer: {
            readonly user_id: number;
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
        readonly Author: {
            /** @enum {string} */
            readonly kind: "user" | "api_key" | "rule" | "phone";
            readonly id: number | null;
            readonly name: string | null;
        };
        readonly MessageContent: {
            /** @enum {string} */
            readonly kind: "text" | "photo" | "video" | "voice" | "audio" | "sticker" | "file" | "location" | "contact" | "unsupported" | "deleted";
            readonly name: string | null;
            readonly duration: number | null;
        };
        readonly Quoted: {
            readonly message_id: number | null;
            readonly provider_msg_id: string | null;
            readonly sender_id: string | null;
            readonly name: string | null;
            /** @enum {string|null} */
            readonly direction: "in" | "out" | null;
            readonly body: string | null;
            readonly content: components["schemas"]["MessageContent"] | null;
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
        readonly EarlierText: {
            readonly text: string;
            readonly until: string | null;
        };
        readonly Failure: {
            readonly code: string;
            readonly message: string;
            readonly reason?: components["schemas"]["Reason"];
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
            readonly author: components["schemas"]["Author"] | null;
            readonly quoted: components["schemas"]["Quoted"] | null;
            readonly reactions: readonly components["schemas"]["Reaction"][];
            readonly mentions: readonly components["schemas"]["Mention"][];
            readonly is_forwarded: boolean;
            readonly is_event: boolean;
            readonly event_type: number | null;
            readonly is_history: boolean;
            readonly sent_at: string;
            readonly ordered_at: string;
            readonly accepted_at: string | null;
            readonly delivered_at: string | null;
            readonly read_at: string | null;
            readonly edited_at: string | null;
            readonly earlier_texts: readonly components["schemas"]["EarlierText"][];
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
        readonly Draft: {
            readonly account_id: number;
            readonly chat_id: number;
            readonly text: string;
            readonly quoted: components["schemas"]["Message"] | null;
            readonly is_shared: boolean;
            readonly written_at: string;
            readonly seq: number;
        };
        readonly DraftList: {
            readonly items: readonly components["schemas"]["Draft"][];
            readonly next_cursor: string | null;
        };
        readonly SaveDraft: {
            readonly text: string;
            /** @default null */
            readonly quote_id?: number | null;
            /** @default false */
            readonly is_shared?: boolean;
            /** @default null */
            readonly written_at?: string | null;
        };
        readonly OneDraft: {
            readonly draft: components["schemas"]["Draft"];
        };
        readonly Named: {
            readonly id: number;
            readonly name: string;
        };
        readonly SharedDraft: {
            readonly account_id: number;
            readonly chat_id: number;
            readonly user: components["schemas"]["Named"];
            readonly text: string;
            readonly written_at: string | null;
            readonly seq: number;
        };
        readonly SharedDraftList: {
            readonly items: readonly components["schemas"]["SharedDraft"][];
        };
        readonly AllSharedDrafts: {
            readonly items: readonly components["schemas"]["SharedDraft"][];
            readonly next_cursor: string | null;
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
        readonly NotifiedTarget: {
            /** @enum {string} */
            readonly kind: "first_reply" | "next_reply" | "close";
            readonly due_at: string;
        };
        readonly Notification: {
            readonly id: number;
            /** @enum {string} */
            readonly kind: "mine" | "unassigned" | "assigned" | "mentioned" | "snooze_over" | "number_down" | "scheduled_failed" | "rule" | "target";
            readonly account_id: number;
            readonly chat_id: number | null;
            readonly message_id: number | null;
            readonly note_id: number | null;
            readonly actor: components["schemas"]["Named"] | null;
            readonly target: components["schemas"]["NotifiedTarget"] | null;
            readonly title: string | null;
            readonly preview: string | null;
            readonly at: string;
            readonly read_at: string | null;
            readonly seq: number;
        };
        readonly NotificationList: {
            readonly items: readonly components["schemas"]["Notification"][];
            readonly next_cursor: string | null;
            readonly unread: number;
        };
        readonly ReadNotifications: {
            readonly ids?: readonly number[];
            /** @default null */
            readonly chat_id?: number | null;
            /** @default false */
            readonly all?: boolean;
        };
        readonly UnreadNotifications: {
            readonly unread: number;
        };
        readonly Channels: {
            readonly bell: boolean;
            readonly sound: boolean;
            readonly desktop: boolean;
            readonly push: boolean;
            readonly mail: boolean;
        };
        readonly NotificationChoices: {
            readonly mine: components["schemas"]["Channels"];
            readonly unassigned: components["schemas"]["Channels"];
            readonly assigned: components["schemas"]["Channels"];
            readonly mentioned: components["schemas"]["Channels"];
            readonly snooze_over: components["schemas"]["Channels"];
            readonly number_down: components["schemas"]["Channels"];
            readonly scheduled_failed: components["schemas"]["Channels"];
            readonly rule: components["schemas"]["Channels"];
            readonly target: components["schemas"]["Channels"];
        };
        readonly Preferences: {
            readonly seq: number;
            readonly notifications: components["schemas"]["NotificationChoices"];
            readonly previews: boolean;
            /** @enum {string|null} */
            readonly language: "en" | "de" | "es" | "pt" | null;
        };
        readonly OnePreferences: {
            readonly preferences: components["schemas"]["Preferences"];
        };
        readonly ChangeChannels: {
            readonly bell?: boolean;
            readonly sound?: boolean;
            readonly desktop?: boolean;
            readonly push?: boolean;
            readonly mail?: boolean;
        };
        readonly ChangeEvents: {
            readonly mine?: components["schemas"]["ChangeChannels"];
            readonly unassigned?: components["schemas"]["ChangeChannels"];
            readonly assigned?: components["schemas"]["ChangeChannels"];
            readonly mentioned?: components["schemas"]["ChangeChannels"];
            readonly snooze_over?: components["schemas"]["ChangeChannels"];
            readonly number_down?: components["schemas"]["ChangeChannels"];
            readonly scheduled_failed?: components["schemas"]["ChangeChannels"];
            readonly rule?: components["schemas"]["ChangeChannels"];
            readonly target?: components["schemas"]["ChangeChannels"];
        };
        readonly ChangePreferences: {
            readonly notifications?: components["schemas"]["ChangeEvents"];
            readonly previews?: boolean;
            /** @enum {string} */
            readonly language?: "en" | "de" | "es" | "pt";
        };
        readonly Device: {
            readonly id: number;
            readonly name: string;
            readonly created_at: string;
            readonly reached_at: string | null;
            readonly is_current: boolean;
        };
        readonly DeviceList: {
            readonly items: readonly components["schemas"]["Device"][];
        };
        readonly SubscriptionKeys: {
            readonly p256dh: string;
            readonly auth: string;
        };
        readonly AddDevice: {
            readonly endpoint: string;
            readonly keys: components["schemas"]["SubscriptionKeys"];
            readonly name: string;
        };
        readonly OneDevice: {
            readonly device: components["schemas"]["Device"];
        };
        readonly TestChannel: {
            /** @enum {string} */
            readonly channel: "push" | "mail";
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
            readonly restricted?: boolean;
            readonly seq: number;
            readonly last_webhook_at: string | null;
            readonly last_sweep_at: string | null;
            readonly found_late: number;
            readonly read_receipts: boolean;
            readonly retention_days: number | null;
            readonly category_required: boolean;
            /** @enum {string} */
            readonly assignment_mode: "manual" | "round_robin" | "balanced";
            readonly chat_limit: number | null;
            readonly hours_changed_at: string | null;
            readonly auto_replies_changed_at: string | null;
            readonly messages_used_up_until: string | null;
            readonly new_chats_stopped_until: string | null;
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
        readonly UnreadChat: {
            readonly id: number;
            readonly unread_count: number;
            readonly archived: boolean;
            /** @enum {string} */
            readonly kind: "direct" | "group" | "channel";
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
        readonly StatusCounts: {
            readonly open: number;
            readonly snoozed: number;
            readonly closed: number;
        };
        readonly GroupCounts: {
            readonly mine: components["schemas"]["StatusCounts"];
            readonly unassigned: components["schemas"]["StatusCounts"];
            readonly all: components["schemas"]["StatusCounts"];
        };
        readonly AccountCounts: {
            readonly account_id: number;
            readonly seq: number;
            readonly mine: number;
            readonly unassigned: number;
            readonly open: number;
            readonly snoozed: number;
            readonly waiting: number;
            readonly groups: components["schemas"]["GroupCounts"];
            readonly archived: components["schemas"]["StatusCounts"];
        };
        readonly Counts: {
            readonly accounts: readonly components["schemas"]["AccountCounts"][];
        };
        readonly ChatContact: {
            readonly provider_id: string;
            readonly name: string | null;
            readonly phone: string | null;
            readonly avatar: string | null;
            readonly id: number;
        };
        readonly LastMessageContent: {
            /** @enum {string} */
            readonly kind: "text" | "photo" | "video" | "voice" | "audio" | "sticker" | "file" | "location" | "contact" | "unsupported" | "deleted";
            readonly name: string | null;
            readonly duration: number | null;
            readonly has_text: boolean;
            readonly sender: string | null;
        };
        readonly ChatTarget: {
            /** @enum {string} */
            readonly kind: "first_reply" | "next_reply" | "close";
            readonly began_at: string;
            readonly at_risk_at: string;
            readonly due_at: string;
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
            readonly last_message_content: components["schemas"]["LastMessageContent"] | null;
            /** @enum {string} */
            readonly status: "open" | "snoozed" | "closed";
            readonly conversation_id: number | null;
            readonly waiting_since: string | null;
            readonly snoozed_until: string | null;
            readonly assignee: components["schemas"]["Named"] | null;
            readonly team: components["schemas"]["Named"] | null;
            readonly state_seq: number;
            readonly labels: readonly number[];
            readonly unread_count: number;
            readonly target: components["schemas"]["ChatTarget"] | null;
            readonly read_seq: number;
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
        readonly FirstChats: {
            readonly account_id: number;
            readonly items: readonly components["schemas"]["Chat"][];
            readonly next_cursor: string | null;
            readonly pinned: components["schemas"]["ChatList"];
        };
        readonly Bootstrap: {
            readonly me: components["schemas"]["Me"];
            readonly entitlements: components["schemas"]["EntitlementList"] | null;
            readonly accounts: components["schemas"]["AccountList"];
            readonly unread: components["schemas"]["Unread"];
            readonly counts: components["schemas"]["Counts"];
            readonly chats: readonly components["schemas"]["FirstChats"][];
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
            readonly reason?: components["schemas"]["Reason"];
            readonly fields?: {
                readonly [key: string]: unknown;
            };
            readonly field_reasons?: {
                readonly [key: string]: readonly components["schemas"]["Reason"][];
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
            readonly category_required?: boolean;
            /** @enum {string} */
            readonly assignment_mode?: "manual" | "round_robin" | "balanced";
            readonly chat_limit?: number | null;
        };
        readonly Holiday: {
            readonly date: string;
            readonly name: string;
            readonly spans: readonly (readonly number[])[];
        };
        readonly Hours: {
            readonly account_id: number;
            readonly time_zone: string;
            readonly week: readonly (readonly (readonly number[])[])[];
            readonly holidays: readonly components["schemas"]["Holiday"][];
            readonly updated_at: string;
        };
        readonly OneHours: {
            readonly hours: components["schemas"]["Hours"] | null;
            readonly is_open: boolean;
            readonly changes_at: string | null;
        };
        readonly PutHoliday: {
            readonly date: string;
            /** @default  */
            readonly name?: string;
            readonly spans?: readonly (readonly number[])[];
        };
        readonly PutHours: {
            readonly time_zone: string;
            readonly week: readonly (readonly (readonly number[])[])[];
            readonly holidays?: readonly components["schemas"]["PutHoliday"][];
        };
        readonly AutoReply: {
            readonly is_on: boolean;
            readonly text: string;
            readonly updated_at: string | null;
        };
        readonly AutoReplies: {
            readonly welcome: components["schemas"]["AutoReply"];
            readonly away: components["schemas"]["AutoReply"];
        };
        readonly OneAutoReplies: {
            readonly auto_replies: components["schemas"]["AutoReplies"];
        };
        readonly PutAutoReply: {
            readonly is_on: boolean;
            readonly text: string;
        };
        readonly PutAutoReplies: {
            readonly welcome: components["schemas"]["PutAutoReply"];
            readonly away: components["schemas"]["PutAutoReply"];
        };
        readonly NewChats: {
            readonly allowed: number | null;
            readonly begun: number;
            readonly next_at: string | null;
            readonly stopped_until: string | null;
            readonly stopped_by: string | null;
            readonly first_messages: number;
            readonly unanswered: number;
        };
        readonly OneNewChats: {
            readonly new_chats: components["schemas"]["NewChats"];
        };
        readonly Reconnect: {
            /**
             * @default qrcode
             * @enum {string}
             */
            readonly method?: "qrcode" | "hosted" | "code";
            /** @default null */
            readonly phone_number?: string | null;
        };
        readonly StartChat: {
            readonly to: string;
            readonly text: string;
            /** @default null */
            readonly client_id?: string | null;
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
        readonly RelatedChats: {
            readonly items: readonly components["schemas"]["Chat"][];
        };
        readonly ListedContact: {
            readonly provider_id: string;
            readonly name: string | null;
            readonly phone: string | null;
            readonly avatar: string | null;
            readonly id: number | null;
        };
        readonly ChatPeople: {
            readonly items: readonly components["schemas"]["ListedContact"][];
            readonly files: number;
        };
        readonly LateMessage: {
            readonly id: number;
            readonly arrived_seq: number;
        };
        readonly MessageList: {
            readonly items: readonly components["schemas"]["Message"][];
            readonly next_cursor: string | null;
            readonly previous_cursor?: string | null;
            readonly late?: readonly components["schemas"]["LateMessage"][];
        };
        readonly Send: {
            readonly text: string;
            /** @default null */
            readonly quote_id?: number | null;
            /** @default null */
            readonly client_id?: string | null;
            /** @default null */
            readonly seen_seq?: number | null;
            /** @default false */
            readonly hold?: boolean;
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
            /** @default false */
            readonly hold?: boolean;
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
            readonly username: string | null;
            readonly phone: string | null;
            readonly avatar: string | null;
            readonly chat_id: number | null;
        };
        readonly FoundNote: {
            readonly id: number;
            readonly account_id: number;
            readonly chat_id: number;
            readonly client_id: string;
            readonly author: components["schemas"]["Author"];
            readonly body: string;
            readonly mentions: readonly components["schemas"]["Named"][];
            readonly created_at: string;
            readonly edited_at: string | null;
            readonly deleted_at: string | null;
            readonly seq: number;
            readonly chat_title: string | null;
            /** @enum {string} */
            readonly chat_kind: "direct" | "group" | "channel";
            readonly chat_avatar: string | null;
            readonly message_id: number | null;
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
            readonly author: components["schemas"]["Author"] | null;
            readonly quoted: components["schemas"]["Quoted"] | null;
            readonly reactions: readonly components["schemas"]["Reaction"][];
            readonly mentions: readonly components["schemas"]["Mention"][];
            readonly is_forwarded: boolean;
            readonly is_event: boolean;
            readonly event_type: number | null;
            readonly is_history: boolean;
            readonly sent_at: string;
            readonly ordered_at: string;
            readonly accepted_at: string | null;
            readonly delivered_at: string | null;
            readonly read_at: string | null;
            readonly edited_at: string | null;
            readonly earlier_texts: readonly components["schemas"]["EarlierText"][];
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
            /** @enum {string} */
            readonly chat_kind: "direct" | "group" | "channel";
            readonly chat_avatar: string | null;
        };
        readonly Found: {
            readonly people: readonly components["schemas"]["FoundPerson"][];
            readonly chats: readonly components["schemas"]["Chat"][];
            readonly notes: readonly components["schemas"]["FoundNote"][];
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
        readonly ContactField: {
            readonly id: number;
            readonly name: string;
            /** @enum {string} */
            readonly kind: "text" | "number" | "date" | "yes_no" | "list" | "multi_list" | "link" | "email" | "phone";
            readonly options: readonly string[];
            readonly created_at: string;
        };
        readonly FieldList: {
            readonly items: readonly components["schemas"]["ContactField"][];
        };
        readonly CreateField: {
            readonly name: string;
            /** @enum {string} */
            readonly kind: "text" | "number" | "date" | "yes_no" | "list" | "multi_list" | "link" | "email" | "phone";
            readonly options?: readonly string[];
        };
        readonly OneField: {
            readonly field: components["schemas"]["ContactField"];
        };
        readonly ChangeField: {
            readonly name?: string;
            readonly options?: readonly string[];
        };
        readonly MergedContact: {
            readonly provider_id: string;
            readonly name: string | null;
            readonly phone: string | null;
            readonly avatar: string | null;
            readonly id: number;
            readonly username: string | null;
        };
        readonly Contact: {
            readonly id: number;
            readonly account_id: number;
            readonly provider_id: string;
            readonly provider_ids: readonly string[];
            readonly name: string | null;
            readonly own_name: string | null;
            readonly whatsapp_name: string | null;
            readonly username: string | null;
            readonly phone: string | null;
            readonly avatar: string | null;
            readonly fields: {
                readonly [key: string]: unknown;
            };
            readonly labels: readonly number[];
            readonly merged_into: number | null;
            readonly seq: number;
            readonly created_at: string;
            readonly updated_at: string;
            readonly chat_id: number | null;
            readonly merged: readonly components["schemas"]["MergedContact"][];
        };
        readonly ContactList: {
            readonly items: readonly components["schemas"]["Contact"][];
            readonly next_cursor: string | null;
        };
        readonly OneContact: {
            readonly contact: components["schemas"]["Contact"];
        };
        readonly PatchContact: {
            readonly own_name?: string | null;
            readonly fields?: {
                readonly [key: string]: unknown;
            };
        };
        readonly ContactChats: {
            readonly items: readonly components["schemas"]["Chat"][];
        };
        readonly MergeContact: {
            readonly contact_id: number;
        };
        readonly ImportForm: {
            readonly attachments: readonly string[];
        };
        readonly ContactImport: {
            readonly id: number;
            readonly account_id: number;
            readonly file_name: string;
            /** @enum {string} */
            readonly state: "uploaded" | "checking" | "checked" | "running" | "done" | "failed" | "cancelled";
            readonly columns: readonly string[];
            readonly sample: readonly (readonly string[])[];
            readonly targets: readonly string[];
            /** @enum {string} */
            readonly mode: "add" | "update" | "both";
            readonly label_id: number | null;
            readonly rows: number;
            readonly position: number;
            readonly added: number;
            readonly updated: number;
            readonly unchanged: number;
            readonly rejected: number;
            readonly expires_at: string;
            readonly created_at: string;
            readonly updated_at: string;
        };
        readonly OneContactImport: {
            readonly import: components["schemas"]["ContactImport"];
        };
        readonly ContactImportList: {
            readonly items: readonly components["schemas"]["ContactImport"][];
            readonly next_cursor: string | null;
        };
        readonly CheckImport: {
            readonly targets: readonly string[];
            /**
             * @default both
             * @enum {string}
             */
            readonly mode?: "add" | "update" | "both";
            /** @default null */
            readonly label_id?: number | null;
        };
        readonly RejectedRow: {
            readonly row: number;
            readonly message: string;
            readonly reason: components["schemas"]["Reason"] | null;
            readonly cells: readonly string[];
        };
        readonly RejectedRowList: {
            readonly items: readonly components["schemas"]["RejectedRow"][];
            readonly next_cursor: string | null;
        };
        readonly Load: {
            readonly user_id: number;
            readonly open_chats: number;
            readonly all_open_chats: number;
            readonly chat_limit: number | null;
        };
        readonly LoadList: {
            readonly items: readonly components["schemas"]["Load"][];
            readonly next_cursor: string | null;
        };
        readonly ChangeChats: {
            readonly chat_ids: readonly number[];
            /** @enum {string} */
            readonly action: "assign" | "close" | "open" | "snooze" | "label" | "unlabel" | "read" | "unread" | "archive" | "unarchive";
            readonly user_id?: number | null;
            readonly team_id?: number | null;
            readonly until?: string;
            readonly wake_on_message?: boolean;
            readonly category?: string;
            readonly label_id?: number;
            readonly state_seqs?: {
                readonly [key: string]: number;
            };
            readonly seen_seqs?: {
                readonly [key: string]: number;
            };
        };
        readonly SkippedChat: {
            readonly chat_id: number;
            /** @enum {string} */
            readonly code: "not_found" | "conflict" | "changed" | "newer_messages" | "category_required";
        };
        readonly ChangedChats: {
            readonly changed: readonly components["schemas"]["Chat"][];
            readonly unchanged: readonly number[];
            readonly skipped: readonly components["schemas"]["SkippedChat"][];
        };
        readonly WriteNote: {
            readonly text: string;
            readonly mentions?: readonly number[];
            /**
             * @default null
             * @enum {string|null}
             */
            readonly grant?: "agent" | "viewer" | null;
            /** @default null */
            readonly client_id?: string | null;
        };
        readonly SetStatus: {
            /** @enum {string} */
            readonly status: "open" | "snoozed" | "closed";
            /** @default null */
            readonly until?: string | null;
            /** @default true */
            readonly wake_on_message?: boolean;
            /** @default null */
            readonly category?: string | null;
            /** @default null */
            readonly note?: components["schemas"]["WriteNote"] | null;
            /** @default null */
            readonly seen_seq?: number | null;
            /** @default null */
            readonly state_seq?: number | null;
        };
        readonly Note: {
            readonly id: number;
            readonly account_id: number;
            readonly chat_id: number;
            readonly client_id: string;
            readonly author: components["schemas"]["Author"];
            readonly body: string;
            readonly mentions: readonly components["schemas"]["Named"][];
            readonly created_at: string;
            readonly edited_at: string | null;
            readonly deleted_at: string | null;
            readonly seq: number;
        };
        readonly ChatAndNote: {
            readonly chat: components["schemas"]["Chat"];
            readonly note: components["schemas"]["Note"] | null;
        };
        readonly SetAssignee: {
            readonly user_id: number | null;
            /** @default null */
            readonly team_id?: number | null;
            /** @default null */
            readonly state_seq?: number | null;
            /** @default null */
            readonly note?: components["schemas"]["WriteNote"] | null;
        };
        readonly Conversation: {
            readonly id: number;
            readonly chat_id: number;
            readonly opened_at: string;
            /** @enum {string} */
            readonly opened_by: "contact" | "user" | "api_key";
            readonly opener_id: number | null;
            readonly follows_id: number | null;
            readonly first_reply_at: string | null;
            readonly first_reply_by: number | null;
            readonly reopened_at: string | null;
            readonly closed_at: string | null;
            readonly closed_by: number | null;
            readonly category: string | null;
        };
        readonly ConversationList: {
            readonly items: readonly components["schemas"]["Conversation"][];
            readonly next_cursor: string | null;
        };
        readonly ActivityActor: {
            /** @enum {string} */
            readonly kind: "user" | "api_key" | "rule" | "system";
            readonly id: number | null;
            readonly name: string | null;
        };
        readonly Activity: {
            readonly id: number;
            readonly account_id: number;
            readonly chat_id: number;
            /** @enum {string} */
            readonly kind: "assigned" | "closed" | "labelled" | "opened" | "ran" | "rated" | "snoozed" | "unlabelled" | "woke";
            readonly actor: components["schemas"]["ActivityActor"];
            readonly details: {
                readonly [key: string]: unknown;
            };
            readonly at: string;
            readonly seq: number;
        };
        readonly ActivityList: {
            readonly items: readonly components["schemas"]["Activity"][];
            readonly next_cursor: string | null;
        };
        readonly NoteList: {
            readonly items: readonly components["schemas"]["Note"][];
            readonly next_cursor: string | null;
        };
        readonly OneNote: {
            readonly note: components["schemas"]["Note"];
        };
        readonly EditNote: {
            readonly text: string;
            readonly mentions?: readonly number[];
            /**
             * @default null
             * @enum {string|null}
             */
            readonly grant?: "agent" | "viewer" | null;
        };
        readonly Team: {
            readonly id: number;
            readonly name: string;
            readonly users: readonly components["schemas"]["Named"][];
            /** @enum {string|null} */
            readonly assignment_mode: "manual" | "round_robin" | "balanced" | null;
            readonly created_at: string;
        };
        readonly TeamList: {
            readonly items: readonly components["schemas"]["Team"][];
        };
        readonly CreateTeam: {
            readonly name: string;
            readonly user_ids?: readonly number[];
            /** @enum {string|null} */
            readonly assignment_mode?: "manual" | "round_robin" | "balanced" | null;
        };
        readonly OneTeam: {
            readonly team: components["schemas"]["Team"];
        };
        readonly ChangeTeam: {
            readonly name?: string;
            readonly user_ids?: readonly number[];
            /** @enum {string|null} */
            readonly assignment_mode?: "manual" | "round_robin" | "balanced" | null;
        };
        readonly TeamSettings: {
            readonly answer_assigns: boolean;
            readonly keep_archived: boolean;
        };
        readonly OneTeamSettings: {
            readonly settings: components["schemas"]["TeamSettings"];
        };
        readonly ChangeTeamSettings: {
            readonly answer_assigns?: boolean;
            readonly keep_archived?: boolean;
        };
        readonly Days: {
            readonly since: string;
            readonly until: string;
        };
        readonly FullSummary: {
            readonly n: number;
            readonly mean: number | null;
            readonly median: number | null;
            readonly p90: number | null;
            readonly met: number;
            readonly breached: number;
            readonly buckets: readonly number[];
        };
        readonly ReportStep: {
            readonly n: number;
            readonly mean: number | null;
            readonly median: number | null;
            readonly p90: number | null;
            readonly met: number;
            readonly breached: number;
            readonly first_day: string;
            readonly last_day: string;
        };
        readonly MeasureReport: {
            /** @enum {string} */
            readonly measure: "opened" | "first_reply" | "reply" | "resolution";
            readonly now: components["schemas"]["FullSummary"];
            readonly before: components["schemas"]["FullSummary"];
            readonly steps: readonly components["schemas"]["ReportStep"][];
        };
        readonly Report: {
            readonly now: components["schemas"]["Days"];
            readonly before: components["schemas"]["Days"];
            /** @enum {string} */
            readonly step: "day" | "week" | "month";
            readonly bucket_starts: readonly number[];
            readonly measures: readonly components["schemas"]["MeasureReport"][];
            readonly is_complete: boolean;
        };
        readonly Summary: {
            readonly n: number;
            readonly mean: number | null;
            readonly median: number | null;
            readonly p90: number | null;
            readonly met: number;
            readonly breached: number;
        };
        readonly ComparedMeasure: {
            /** @enum {string} */
            readonly measure: "opened" | "first_reply" | "reply" | "resolution";
            readonly now: components["schemas"]["Summary"];
            readonly before: components["schemas"]["Summary"];
        };
        readonly ReportGroup: {
            readonly id: number;
            readonly name: string | null;
            readonly measures: readonly components["schemas"]["ComparedMeasure"][];
        };
        readonly ReportGroups: {
            readonly items: readonly components["schemas"]["ReportGroup"][];
        };
        readonly BacklogHour: {
            readonly hour: string;
            readonly open: number;
            readonly opened: number;
            readonly closed: number;
        };
        readonly ReportBacklog: {
            readonly since: string;
            readonly until: string;
            readonly items: readonly components["schemas"]["BacklogHour"][];
        };
        readonly Volume: {
            readonly received: number;
            readonly sent: number;
        };
        readonly ComparedVolume: {
            readonly now: components["schemas"]["Volume"];
            readonly before: components["schemas"]["Volume"];
        };
        readonly VolumeStep: {
            readonly received: number;
            readonly sent: number;
            readonly first_day: string;
            readonly last_day: string;
        };
        readonly VolumeGroup: {
            readonly now: components["schemas"]["Volume"];
            readonly before: components["schemas"]["Volume"];
            readonly id: number;
            readonly name: string | null;
        };
        readonly ReportVolume: {
            readonly now: components["schemas"]["Days"];
            readonly before: components["schemas"]["Days"];
            /** @enum {string} */
            readonly step: "day" | "week" | "month";
            readonly total: components["schemas"]["ComparedVolume"];
            readonly steps: readonly components["schemas"]["VolumeStep"][];
            readonly users: readonly components["schemas"]["VolumeGroup"][];
            readonly accounts: readonly components["schemas"]["VolumeGroup"][];
            readonly is_complete: boolean;
        };
        readonly ReportFact: {
            readonly id: number;
            readonly account_id: number;
            readonly chat_id: number;
            readonly chat_title: string | null;
            /** @enum {string} */
            readonly chat_kind: "direct" | "group" | "channel";
            readonly conversation_id: number;
            /** @enum {string} */
            readonly measure: "opened" | "first_reply" | "reply" | "resolution";
            readonly began_at: string;
            readonly at: string;
            readonly user_id: number | null;
            readonly user_name: string | null;
            readonly seconds: number;
            readonly open_seconds: number;
            readonly label_ids: readonly number[];
            readonly team_id: number | null;
            readonly promised_minutes: number | null;
            readonly promised_office: boolean | null;
            readonly is_met: boolean | null;
        };
        readonly ReportFactList: {
            readonly items: readonly components["schemas"]["ReportFact"][];
            readonly next_cursor: string | null;
        };
        readonly CannedReply: {
            readonly id: number;
            readonly name: string;
            readonly shortcut: string | null;
            readonly text: string;
            readonly shared: boolean;
            readonly team: components["schemas"]["Named"] | null;
            readonly files: readonly components["schemas"]["Attachment"][];
            readonly uses: number;
            readonly last_used_at: string | null;
            readonly created_by: components["schemas"]["Named"] | null;
            readonly created_at: string;
            readonly updated_at: string;
        };
        readonly ReplyList: {
            readonly items: readonly components["schemas"]["CannedReply"][];
        };
        readonly CreateReply: {
            readonly name: string;
            /** @default null */
            readonly shortcut?: string | null;
            /** @default  */
            readonly text?: string;
            /** @default false */
            readonly shared?: boolean;
            /** @default null */
            readonly team_id?: number | null;
        };
        readonly OneReply: {
            readonly reply: components["schemas"]["CannedReply"];
        };
        readonly ImportReplies: {
            readonly replies?: readonly {
                readonly [key: string]: unknown;
            }[];
            readonly csv?: string;
        };
        readonly RejectedReply: {
            readonly row: number;
            readonly name: string;
            readonly fields: {
                readonly [key: string]: readonly string[];
            };
        };
        readonly ImportedReplies: {
            readonly imported: number;
            readonly rejected: readonly components["schemas"]["RejectedReply"][];
        };
        readonly ChangeReply: {
            readonly name?: string;
            readonly shortcut?: string | null;
            readonly text?: string;
            readonly shared?: boolean;
            readonly team_id?: number | null;
        };
        readonly ReplyForm: {
            readonly attachments: readonly string[];
        };
        readonly LabelCount: {
            readonly account_id: number;
            readonly chats: number;
        };
        readonly Label: {
            readonly id: number;
            readonly name: string;
            /** @enum {string} */
            readonly colour: "grey" | "red" | "orange" | "yellow" | "green" | "teal" | "blue" | "violet" | "pink";
            readonly shared: boolean;
            readonly created_by: number | null;
            readonly counts: readonly components["schemas"]["LabelCount"][];
            readonly created_at: string;
        };
        readonly LabelList: {
            readonly items: readonly components["schemas"]["Label"][];
        };
        readonly CreateLabel: {
            readonly name: string;
            /** @enum {string} */
            readonly colour: "grey" | "red" | "orange" | "yellow" | "green" | "teal" | "blue" | "violet" | "pink";
            /** @default true */
            readonly shared?: boolean;
        };
        readonly OneLabel: {
            readonly label: components["schemas"]["Label"];
        };
        readonly ChangeLabel: {
            readonly name?: string;
            /** @enum {string} */
            readonly colour?: "grey" | "red" | "orange" | "yellow" | "green" | "teal" | "blue" | "violet" | "pink";
        };
        readonly PrivatelyLabelled: {
            readonly account_id: number;
            readonly chat_id: number;
            readonly labels: readonly number[];
        };
        readonly PrivatelyLabelledList: {
            readonly items: readonly components["schemas"]["PrivatelyLabelled"][];
            readonly next_cursor: string | null;
        };
        readonly LabelledChat: {
            readonly chat: components["schemas"]["Chat"];
            readonly private_labels: readonly number[];
        };
        readonly StoredQuery: {
            /** @enum {string|null} */
            readonly filter: "unread" | "archived" | "groups" | "pinned" | null;
            /** @enum {string|null} */
            readonly status: "open" | "snoozed" | "closed" | null;
            readonly assignee: string | null;
            readonly team_id: number | null;
            readonly labels: readonly number[];
            readonly account_ids: readonly number[];
            /** @enum {string|null} */
            readonly mentioned: "me" | null;
            readonly waiting_minutes: number | null;
            /** @enum {string|null} */
            readonly target: "at_risk" | "breached" | null;
            /** @enum {string} */
            readonly sort: "recent" | "waiting" | "due";
        };
        readonly View: {
            readonly id: number;
            readonly name: string;
            readonly query: components["schemas"]["StoredQuery"];
            readonly shared: boolean;
            readonly created_by: number | null;
            readonly position: number;
            readonly created_at: string;
        };
        readonly ViewList: {
            readonly items: readonly components["schemas"]["View"][];
        };
        readonly ViewCount: {
            readonly view_id: number;
            readonly chats: number;
            readonly more: boolean;
        };
        readonly ViewCounts: {
            readonly items: readonly components["schemas"]["ViewCount"][];
        };
        readonly ViewQuery: {
            /**
             * @default null
             * @enum {string|null}
             */
            readonly filter?: "unread" | "archived" | "groups" | "pinned" | null;
            /**
             * @default null
             * @enum {string|null}
             */
            readonly status?: "open" | "snoozed" | "closed" | null;
            /** @default null */
            readonly assignee?: string | null;
            /** @default null */
            readonly team_id?: number | null;
            readonly labels?: readonly number[];
            readonly account_ids?: readonly number[];
            /**
             * @default null
             * @enum {string|null}
             */
            readonly mentioned?: "me" | null;
            /** @default null */
            readonly waiting_minutes?: number | null;
            /**
             * @default null
             * @enum {string|null}
             */
            readonly target?: "at_risk" | "breached" | null;
            /**
             * @default recent
             * @enum {string}
             */
            readonly sort?: "recent" | "waiting" | "due";
        };
        readonly CreateView: {
            readonly name: string;
            readonly query: components["schemas"]["ViewQuery"];
            /** @default false */
            readonly shared?: boolean;
        };
        readonly OneView: {
            readonly view: components["schemas"]["View"];
        };
        readonly ChangeView: {
            readonly name?: string;
            readonly query?: components["schemas"]["ViewQuery"];
            readonly position?: number;
        };
        readonly Condition: {
            /** @enum {string} */
            readonly kind: "text" | "label" | "hours" | "assignee" | "team" | "new_contact" | "chat_kind";
            /** @enum {string} */
            readonly test: "any" | "closed" | "contains" | "contains_not" | "direct" | "group" | "no" | "none" | "one_of" | "open" | "words" | "yes";
            readonly ids: readonly number[];
            readonly texts: readonly string[];
        };
        readonly Action: {
            /** @enum {string} */
            readonly kind: "assign" | "label" | "unlabel" | "close" | "snooze" | "note" | "reply" | "notify";
            readonly user_id: number | null;
            readonly team_id: number | null;
            readonly label_id: number | null;
            readonly reply_id: number | null;
            readonly user_ids: readonly number[];
            readonly text: string | null;
            readonly category: string | null;
            readonly minutes: number | null;
            readonly wake_on_message: boolean;
        };
        readonly Rule: {
            readonly id: number;
            readonly name: string;
            readonly account_ids: readonly number[];
            readonly is_on: boolean;
            readonly stops: boolean;
            /** @enum {string} */
            readonly event: "message_in" | "message_out" | "send_failed" | "opened" | "assigned" | "labelled" | "unlabelled" | "closed" | "woke" | "unreplied" | "unassigned";
            readonly minutes: number | null;
            readonly conditions: readonly components["schemas"]["Condition"][];
            readonly actions: readonly components["schemas"]["Action"][];
            readonly may_change: boolean;
            readonly created_by: components["schemas"]["Named"] | null;
            readonly last_run_at: string | null;
            readonly created_at: string;
            readonly updated_at: string;
        };
        readonly RuleList: {
            readonly items: readonly components["schemas"]["Rule"][];
        };
        readonly GivenCondition: {
            /** @enum {string} */
            readonly kind: "text" | "label" | "hours" | "assignee" | "team" | "new_contact" | "chat_kind";
            /** @enum {string} */
            readonly test: "any" | "closed" | "contains" | "contains_not" | "direct" | "group" | "no" | "none" | "one_of" | "open" | "words" | "yes";
            readonly ids?: readonly number[];
            readonly texts?: readonly string[];
        };
        readonly GivenAction: {
            /** @enum {string} */
            readonly kind: "assign" | "label" | "unlabel" | "close" | "snooze" | "note" | "reply" | "notify";
            /** @default null */
            readonly user_id?: number | null;
            /** @default null */
            readonly team_id?: number | null;
            /** @default null */
            readonly label_id?: number | null;
            /** @default null */
            readonly reply_id?: number | null;
            readonly user_ids?: readonly number[];
            /** @default null */
            readonly text?: string | null;
            /** @default null */
            readonly category?: string | null;
            /** @default null */
            readonly minutes?: number | null;
            /** @default true */
            readonly wake_on_message?: boolean;
        };
        readonly CreateRule: {
            readonly name: string;
            readonly account_ids: readonly number[];
            /** @default false */
            readonly is_on?: boolean;
            /** @default false */
            readonly stops?: boolean;
            /** @enum {string} */
            readonly event: "message_in" | "message_out" | "send_failed" | "opened" | "assigned" | "labelled" | "unlabelled" | "closed" | "woke" | "unreplied" | "unassigned";
            /** @default null */
            readonly minutes?: number | null;
            readonly conditions?: readonly components["schemas"]["GivenCondition"][];
            readonly actions: readonly components["schemas"]["GivenAction"][];
        };
        readonly OneRule: {
            readonly rule: components["schemas"]["Rule"];
        };
        readonly TryRule: {
            readonly account_id: number;
            readonly chat_id: number;
            /** @enum {string} */
            readonly event: "message_in" | "message_out" | "send_failed" | "opened" | "assigned" | "labelled" | "unlabelled" | "closed" | "woke" | "unreplied" | "unassigned";
            /** @default null */
            readonly minutes?: number | null;
            readonly conditions?: readonly components["schemas"]["GivenCondition"][];
            readonly actions: readonly components["schemas"]["GivenAction"][];
        };
        readonly TriedEvent: {
            readonly message_id: number | null;
            readonly at: string;
        };
        readonly ActionError: {
            readonly code: string;
            readonly message: string;
            readonly reason?: components["schemas"]["Reason"];
        };
        readonly ActionResult: {
            /** @enum {string} */
            readonly kind: "assign" | "label" | "unlabel" | "close" | "snooze" | "note" | "reply" | "notify";
            readonly error: components["schemas"]["ActionError"] | null;
        };
        readonly Trial: {
            readonly event: components["schemas"]["TriedEvent"] | null;
            readonly would_run: boolean;
            readonly conditions: readonly boolean[];
            readonly actions: readonly components["schemas"]["ActionResult"][];
        };
        readonly ChangeRule: {
            readonly name?: string;
            readonly account_ids?: readonly number[];
            readonly is_on?: boolean;
            readonly stops?: boolean;
            /** @enum {string} */
            readonly event?: "message_in" | "message_out" | "send_failed" | "opened" | "assigned" | "labelled" | "unlabelled" | "closed" | "woke" | "unreplied" | "unassigned";
            readonly minutes?: number | null;
            readonly conditions?: readonly components["schemas"]["GivenCondition"][];
            readonly actions?: readonly components["schemas"]["GivenAction"][];
            readonly after_id?: number | null;
        };
        readonly RuleRun: {
            readonly id: number;
            readonly account_id: number;
            readonly chat_id: number;
            readonly title: string | null;
            readonly event_seq: number | null;
            /** @enum {string} */
            readonly outcome: "done" | "partly" | "failed";
            readonly actions: readonly components["schemas"]["ActionResult"][];
            readonly at: string;
        };
        readonly RuleRunList: {
            readonly items: readonly components["schemas"]["RuleRun"][];
            readonly next_cursor: string | null;
        };
        readonly TargetCondition: {
            /** @enum {string} */
            readonly kind: "label" | "assignee" | "team" | "new_contact" | "chat_kind";
            /** @enum {string} */
            readonly test: "any" | "closed" | "contains" | "contains_not" | "direct" | "group" | "no" | "none" | "one_of" | "open" | "words" | "yes";
            readonly ids: readonly number[];
            readonly texts: readonly string[];
        };
        readonly Target: {
            readonly id: number;
            readonly name: string;
            readonly position: number;
            readonly account_ids: readonly number[];
            readonly is_on: boolean;
            readonly conditions: readonly components["schemas"]["TargetCondition"][];
            readonly first_reply_minutes: number | null;
            readonly next_reply_minutes: number | null;
            readonly close_minutes: number | null;
            readonly office_hours: boolean;
            readonly may_change: boolean;
            readonly created_by: components["schemas"]["Named"] | null;
            readonly created_at: string;
            readonly updated_at: string;
        };
        readonly TargetList: {
            readonly items: readonly components["schemas"]["Target"][];
        };
        readonly GivenTargetCondition: {
            /** @enum {string} */
            readonly kind: "label" | "assignee" | "team" | "new_contact" | "chat_kind";
            /** @enum {string} */
            readonly test: "any" | "closed" | "contains" | "contains_not" | "direct" | "group" | "no" | "none" | "one_of" | "open" | "words" | "yes";
            readonly ids?: readonly number[];
            readonly texts?: readonly string[];
        };
        readonly CreateTarget: {
            readonly name: string;
            readonly account_ids: readonly number[];
            /** @default false */
            readonly is_on?: boolean;
            readonly conditions?: readonly components["schemas"]["GivenTargetCondition"][];
            /** @default null */
            readonly first_reply_minutes?: number | null;
            /** @default null */
            readonly next_reply_minutes?: number | null;
            /** @default null */
            readonly close_minutes?: number | null;
            /** @default false */
            readonly office_hours?: boolean;
        };
        readonly OneTarget: {
            readonly target: components["schemas"]["Target"];
        };
        readonly ChangeTarget: {
            readonly name?: string;
            readonly account_ids?: readonly number[];
            readonly is_on?: boolean;
            readonly conditions?: readonly components["schemas"]["GivenTargetCondition"][];
            readonly first_reply_minutes?: number | null;
            readonly next_reply_minutes?: number | null;
            readonly close_minutes?: number | null;
            readonly office_hours?: boolean;
            readonly after_id?: number | null;
        };
        readonly Macro: {
            readonly id: number;
            readonly name: string;
            readonly is_for_all: boolean;
            readonly teams: readonly components["schemas"]["Named"][];
            readonly actions: readonly components["schemas"]["Action"][];
            readonly may_change: boolean;
            readonly created_by: components["schemas"]["Named"] | null;
            readonly created_at: string;
            readonly updated_at: string;
        };
        readonly MacroList: {
            readonly items: readonly components["schemas"]["Macro"][];
        };
        readonly CreateMacro: {
            readonly name: string;
            /** @default null */
            readonly team_ids?: readonly number[] | null;
            readonly actions: readonly components["schemas"]["GivenAction"][];
        };
        readonly OneMacro: {
            readonly macro: components["schemas"]["Macro"];
        };
        readonly ChangeMacro: {
            readonly name?: string;
            readonly team_ids?: readonly number[] | null;
            readonly actions?: readonly components["schemas"]["GivenAction"][];
        };
        readonly RunMacro: {
            /** @default null */
            readonly client_id?: string | null;
        };
        readonly RanMacro: {
            readonly chat: components["schemas"]["Chat"];
        };
        readonly SurveyDefaults: {
            /** @enum {string} */
            readonly language: "en" | "de" | "es" | "pt";
            readonly question: string;
            readonly thanks: string;
        };
        readonly ShownSurveySettings: {
            readonly is_on: boolean;
            readonly question: string | null;
            readonly thanks: string | null;
            readonly delay_minutes: number;
            readonly pause_days: number;
            readonly defaults: components["schemas"]["SurveyDefaults"];
        };
        readonly OneSurveySettings: {
            readonly settings: components["schemas"]["ShownSurveySettings"];
        };
        readonly PutSurveySettings: {
            readonly is_on: boolean;
            /** @default null */
            readonly question?: string | null;
            /** @default null */
            readonly thanks?: string | null;
            /** @default 5 */
            readonly delay_minutes?: number;
            /** @default 30 */
            readonly pause_days?: number;
        };
        readonly RatedUser: {
            readonly id: number;
            readonly name: string | null;
        };
        readonly Survey: {
            readonly id: number;
            readonly account_id: number;
            readonly chat_id: number;
            readonly conversation_id: number;
            readonly chat_title: string | null;
            readonly score: number;
            readonly comment: string | null;
            readonly user: components["schemas"]["RatedUser"] | null;
            readonly asked_at: string;
            readonly answered_at: string;
            readonly message_id: number | null;
            readonly answer_id: number | null;
            readonly comment_id: number | null;
        };
        readonly SurveyList: {
            readonly items: readonly components["schemas"]["Survey"][];
            readonly next_cursor: string | null;
        };
        readonly SurveyFigures: {
            readonly asked: number;
            readonly answered: number;
            readonly average: number | null;
            readonly scores: readonly number[];
        };
        readonly AccountFigures: {
            readonly asked: number;
            readonly answered: number;
            readonly average: number | null;
            readonly scores: readonly number[];
            readonly account_id: number;
        };
        readonly UserFigures: {
            readonly asked: number;
            readonly answered: number;
            readonly average: number | null;
            readonly scores: readonly number[];
            readonly user: components["schemas"]["RatedUser"] | null;
        };
        readonly SurveySummary: {
            readonly total: components["schemas"]["SurveyFigures"];
            readonly accounts: readonly components["schemas"]["AccountFigures"][];
            readonly users: readonly components["schemas"]["UserFigures"][];
        };
        readonly Planner: {
            /** @enum {string} */
            readonly kind: "user" | "api_key" | "contact" | "system";
            readonly id: number | null;
            readonly name: string | null;
        };
        readonly PlannedInChat: {
            readonly id: number;
            readonly account_id: number;
            readonly chat_id: number;
            readonly author: components["schemas"]["Planner"];
            readonly text: string | null;
            readonly quote_id: number | null;
            readonly client_id: string;
            readonly send_at: string;
            readonly cancel_if_contact_writes: boolean;
            /** @enum {string} */
            readonly state: "planned" | "sent" | "cancelled" | "failed";
            readonly cancelled_by: components["schemas"]["Planner"] | null;
            readonly error: components["schemas"]["Failure"] | null;
            readonly message_id: number | null;
            readonly created_at: string;
            readonly updated_at: string;
            readonly seq: number;
            readonly chat_title: string | null;
            /** @enum {string} */
            readonly chat_kind: "direct" | "group" | "channel";
            readonly chat_avatar: string | null;
        };
        readonly AllPlanned: {
            readonly items: readonly components["schemas"]["PlannedInChat"][];
            readonly next_cursor: string | null;
        };
        readonly PlannedMessage: {
            readonly id: number;
            readonly account_id: number;
            readonly chat_id: number;
            readonly author: components["schemas"]["Planner"];
            readonly text: string | null;
            readonly quote_id: number | null;
            readonly client_id: string;
            readonly send_at: string;
            readonly cancel_if_contact_writes: boolean;
            /** @enum {string} */
            readonly state: "planned" | "sent" | "cancelled" | "failed";
            readonly cancelled_by: components["schemas"]["Planner"] | null;
            readonly error: components["schemas"]["Failure"] | null;
            readonly message_id: number | null;
            readonly created_at: string;
            readonly updated_at: string;
            readonly seq: number;
        };
        readonly PlannedList: {
            readonly items: readonly components["schemas"]["PlannedMessage"][];
            readonly next_cursor: string | null;
        };
        readonly ChatPlanned: {
            readonly items: readonly components["schemas"]["PlannedMessage"][];
        };
        readonly PlanMessage: {
            readonly text: string;
            readonly send_at: string;
            /** @default null */
            readonly quote_id?: number | null;
            /** @default null */
            readonly client_id?: string | null;
            /** @default true */
            readonly cancel_if_contact_writes?: boolean;
        };
        readonly OnePlanned: {
            readonly planned: components["schemas"]["PlannedMessage"];
        };
        readonly ChangePlanned: {
            readonly text?: string;
            readonly send_at?: string;
            readonly cancel_if_contact_writes?: boolean;
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
        readonly SystemCheck: {
            readonly name: string;
            /** @enum {string} */
            readonly state: "ok" | "warning" | "failed";
            readonly message: string;
            readonly code: string;
            readonly params: {
                readonly [key: string]: unknown;
            };
        };
        readonly SystemVersions: {
            readonly confab: string;
            readonly schema: string | null;
            readonly postgres: string | null;
            readonly redis: string | null;
        };
        readonly SystemQueue: {
            readonly name: string;
            readonly jobs: number;
            readonly age_seconds: number;
        };
        readonly AccountInNeed: {
            readonly id: number;
            readonly name: string | null;
            readonly reason: string | null;
            readonly since: string;
        };
        readonly FailingJobs: {
            readonly job: string;
            readonly queue: string;
            readonly jobs: number;
            readonly tries: number;
        };
        readonly SlowStatement: {
            readonly calls: number;
            readonly seconds: number;
            readonly mean_ms: number;
            readonly rows: number;
            readonly text: string;
        };
        readonly LastBackup: {
            readonly name: string;
            readonly age_seconds: number;
            readonly bytes: number;
            readonly files: number;
        };
        readonly System: {
            readonly ok: boolean;
            readonly checked_at: string;
            readonly checks: readonly components["schemas"]["SystemCheck"][];
            readonly versions: components["schemas"]["SystemVersions"];
            readonly queues: readonly components["schemas"]["SystemQueue"][] | null;
            readonly dead_letters: number | null;
            readonly accounts: readonly components["schemas"]["AccountInNeed"][] | null;
            readonly failing_jobs: readonly components["schemas"]["FailingJobs"][] | null;
            readonly slow_statements: readonly components["schemas"]["SlowStatement"][] | null;
            readonly backup: components["schemas"]["LastBackup"] | null;
            readonly backup_failure: string | null;
        };
        readonly DeadLetter: {
            readonly id: number;
            readonly source: string;
            readonly reason: string;
            readonly bytes: number;
            readonly created_at: string;
            readonly updated_at: string;
        };
        readonly DeadLetterList: {
            readonly items: readonly components["schemas"]["DeadLetter"][];
            readonly next_cursor: string | null;
        };
        readonly DeadLetterField: {
            readonly path: string;
            readonly type: string;
            readonly length: number | null;
            readonly value: string | null;
        };
        readonly OneDeadLetter: {
            readonly dead_letter: components["schemas"]["DeadLetter"];
            readonly event: readonly components["schemas"]["DeadLetterField"][];
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
