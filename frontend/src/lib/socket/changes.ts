/**
 * Validates live data once, where it enters the app: a push or a replayed change becomes a typed `Change`.
 *
 * Each schema is checked against the generated type of its row: a field that the API adds or changes is a compile error here.
 */
import * as v from "valibot";
import type { Account, Chat, Contact, Message, MonthUsage, RejectedAccount } from "@/types/wire";

const text = v.nullable(v.string());
const number = v.nullable(v.number());

/** A schema whose output is a `T`. */
type SchemaOf<T> = v.GenericSchema<unknown, T>;

// -- rows -------------------------------------------------------------------------------------------------------

const directions = v.picklist(["in", "out"]);
const statuses = v.picklist(["received", "sending", "sent", "delivered", "read", "failed", "unconfirmed"]);
const names = { provider_id: v.string(), name: text, phone: text };
const sender = v.object({ ...names, avatar: text });

const attachment = v.object({
  id: v.string(),
  type: v.string(),
  file_name: text,
  mimetype: text,
  file_size: number,
  state: v.picklist(["waiting", "stored", "none", "failed", "expired", "unavailable"]),
  error: text,
  voice_note: v.boolean(),
  sticker: v.boolean(),
  duration: number,
  width: number,
  height: number,
  location: v.exactOptional(v.object({ latitude: v.number(), longitude: v.number(), name: text, address: text })),
  contacts: v.exactOptional(v.array(v.object({ name: text, numbers: v.array(v.string()) }))),
});

const quoted = v.object({
  message_id: number,
  provider_msg_id: text,
  sender_id: text,
  name: text,
  direction: v.nullable(directions),
  body: text,
});

const reaction = v.object({
  value: v.string(),
  sender: v.object({ provider_id: v.string(), name: text }),
  is_own: v.boolean(),
});

const row = { id: v.number(), seq: v.number() };
const times = { created_at: v.string(), updated_at: v.string() };

const message: SchemaOf<Message> = v.object({
  ...row,
  ...times,
  account_id: v.number(),
  chat_id: v.number(),
  provider_msg_id: text,
  client_id: text,
  direction: directions,
  status: statuses,
  body: text,
  attachments: v.array(attachment),
  sender: v.nullable(sender),
  quoted: v.nullable(quoted),
  reactions: v.array(reaction),
  mentions: v.array(v.object(names)),
  is_forwarded: v.boolean(),
  is_event: v.boolean(),
  event_type: number,
  sent_at: v.string(),
  ordered_at: v.string(),
  edited_at: text,
  deleted_at: text,
  deleted_by: v.nullable(v.literal("account")),
  scheduled_at: text,
  error: v.nullable(v.object({ code: v.string(), message: v.string() })),
  arrived_seq: v.number(),
});

const chat: SchemaOf<Chat> = v.object({
  ...row,
  ...times,
  account_id: v.number(),
  provider_chat_id: v.string(),
  kind: v.picklist(["direct", "group", "channel"]),
  title: text,
  contact: v.nullable(v.object({ ...sender.entries, id: v.number() })),
  last_message_id: number,
  last_message_at: text,
  last_message_preview: text,
  last_message_direction: v.nullable(directions),
  last_message_status: v.nullable(statuses),
  unread_count: v.number(),
  archived: v.boolean(),
  pinned: v.boolean(),
  muted_until: text,
});

const contact: SchemaOf<Contact> = v.object({
  ...row,
  ...sender.entries,
  account_id: v.number(),
  provider_ids: v.array(v.string()),
});

const account: SchemaOf<Account> = v.object({
  ...row,
  ...times,
  provider: v.string(),
  external_account_id: v.string(),
  payer_id: v.number(),
  status: v.picklist(["connecting", "connected", "needs_action", "degraded", "disconnected"]),
  status_reason: text,
  next_step: v.picklist(["none", "wait", "scan", "reconnect", "connect", "contact_support"]),
  status_since: v.string(),
  restarts: v.number(),
  name: text,
  phone: text,
  // All members get the same event, so it cannot carry the user's own role.
  role: v.exactOptional(v.picklist(["owner", "agent", "viewer"])),
  last_webhook_at: text,
  last_sweep_at: text,
  found_late: v.number(),
  read_receipts: v.boolean(),
  retention_days: number,
  import_state: v.picklist(["none", "running", "done"]),
  imported_messages: v.number(),
  oldest_gap_at: text,
  gap_seconds: number,
});

/** A tombstone: the id of an erased row; for a trimmed chat the time before which its messages were erased. */
export type Tombstone = v.InferOutput<typeof tombstone>;
const tombstone = v.object({ ...row, before: text });

// -- other data -------------------------------------------------------------------------------------------------

/** Only the fields the banner shows; the error may carry more. */
export type RejectedAccountNotice = Pick<RejectedAccount, "id" | "phone"> & { readonly error: Pick<RejectedAccount["error"], "message"> };
const rejected: SchemaOf<RejectedAccountNotice> = v.object({
  id: v.number(),
  phone: text,
  error: v.object({ message: v.string() }),
});

const month: SchemaOf<MonthUsage> = v.object({
  provider: v.string(),
  period: v.string(),
  messages_sent: v.number(),
  messages_rcvd: v.number(),
  sent_here: v.number(),
  plan: text,
  allowed: number,
  level: v.picklist(["ok", "warning", "reached"]),
  until: v.string(),
});

/** A user of the team who has a chat open or is typing in it. */
export type Colleague = Readonly<v.InferOutput<typeof colleague>>;
const colleague = v.object({ user_id: v.number(), name: v.string() });
const colleagues = v.object({ chat_id: v.number(), users: v.array(colleague) });

// -- changes ----------------------------------------------------------------------------------------------------

const SCHEMAS = {
  "message:new": message,
  "message:sent": message,
  "message:updated": message,
  "chat:updated": chat,
  "contact:updated": contact,
  "account:updated": account,
  "chat:erased": tombstone,
  "chat:trimmed": tombstone,
  "message:erased": tombstone,
  "contact:erased": tombstone,
  "account:refused": rejected,
  "usage:updated": month,
  "rights:changed": v.object({}),
  presence: colleagues,
  typing: colleagues,
} as const;

type Schemas = typeof SCHEMAS;
export type ChangeEvent = keyof Schemas;
export const CHANGE_EVENTS = Object.keys(SCHEMAS) as readonly ChangeEvent[];

/** A change: `event` determines the type of `data`. */
export type Change = { [E in ChangeEvent]: { readonly event: E; readonly data: Readonly<v.InferOutput<Schemas[E]>> } }[ChangeEvent];

export type MessageChange = Extract<Change, { readonly data: Message }>;
export type ErasureChange = Extract<Change, { readonly data: Tombstone }>;

export const isMessageChange = (change: Change): change is MessageChange => SCHEMAS[change.event] === message;

export const isErasure = (change: Change): change is ErasureChange => SCHEMAS[change.event] === tombstone;

const isKnown = (event: string): event is ChangeEvent => Object.hasOwn(SCHEMAS, event);

/** How many changes were ignored since the page was opened. */
export const ignored = { unknown: 0, malformed: 0 };

/** The typed change; "unknown" for an event of a newer server, "malformed" if the data does not match the event. */
export function parseChange(event: string, data: unknown): Change | "unknown" | "malformed" {
  if (!isKnown(event)) {
    ignored.unknown += 1;
    return "unknown";
  }
  const result = v.safeParse(SCHEMAS[event], data, { abortEarly: true });
  if (!result.success) {
    ignored.malformed += 1;
    return "malformed";
  }
  return { event, data: result.output } as Change;
}
