/** The schemas of rows of an account, as they are pushed. Each is checked against the generated type of its row. */
import * as v from "valibot";
import type { Account, Activity, Chat, Contact, Message, Note } from "@/types/wire";

export const text = v.nullable(v.string());
export const number = v.nullable(v.number());

/** A schema whose output is a `T`. */
export type SchemaOf<T> = v.GenericSchema<unknown, T>;

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

const content = {
  kind: v.picklist(["text", "photo", "video", "voice", "audio", "sticker", "file", "location", "contact", "unsupported", "deleted"]),
  name: text,
  duration: number,
};

const quoted = v.object({
  message_id: number,
  provider_msg_id: text,
  sender_id: text,
  name: text,
  direction: v.nullable(directions),
  body: text,
  content: v.nullable(v.object(content)),
});

const reaction = v.object({
  value: v.string(),
  sender: v.object({ provider_id: v.string(), name: text }),
  is_own: v.boolean(),
});

const author = v.object({ kind: v.picklist(["user", "api_key", "rule", "phone"]), id: number, name: text });

export const row = { id: v.number(), seq: v.number() };
const times = { created_at: v.string(), updated_at: v.string() };

export const message: SchemaOf<Message> = v.object({
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
  author: v.nullable(author),
  quoted: v.nullable(quoted),
  reactions: v.array(reaction),
  mentions: v.array(v.object(names)),
  is_forwarded: v.boolean(),
  is_event: v.boolean(),
  event_type: number,
  is_history: v.boolean(),
  sent_at: v.string(),
  ordered_at: v.string(),
  accepted_at: text,
  delivered_at: text,
  read_at: text,
  edited_at: text,
  earlier_texts: v.array(v.object({ text: v.string(), until: text })),
  deleted_at: text,
  deleted_by: v.nullable(v.literal("account")),
  scheduled_at: text,
  error: v.nullable(v.object({ code: v.string(), message: v.string() })),
  arrived_seq: v.number(),
});

const lastMessageContent = v.object({ ...content, has_text: v.boolean(), sender: text });

export const named = v.object({ id: v.number(), name: v.string() });

export const targetKind = v.picklist(["first_reply", "next_reply", "close"]);

export const chat: SchemaOf<Chat> = v.object({
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
  last_message_content: v.nullable(lastMessageContent),
  status: v.picklist(["open", "snoozed", "closed"]),
  conversation_id: number,
  waiting_since: text,
  snoozed_until: text,
  assignee: v.nullable(named),
  team: v.nullable(named),
  state_seq: v.number(),
  labels: v.array(v.number()),
  target: v.nullable(v.object({ kind: targetKind, began_at: v.string(), at_risk_at: v.string(), due_at: v.string() })),
  unread_count: v.number(),
  read_seq: v.number(),
  archived: v.boolean(),
  pinned: v.boolean(),
  muted_until: text,
});

export const activity: SchemaOf<Activity> = v.object({
  ...row,
  account_id: v.number(),
  chat_id: v.number(),
  kind: v.picklist(["assigned", "closed", "labelled", "opened", "ran", "rated", "snoozed", "unlabelled", "woke"]),
  actor: v.object({ kind: v.picklist(["user", "api_key", "rule", "system"]), id: number, name: text }),
  details: v.record(v.string(), v.unknown()),
  at: v.string(),
});

export const note: SchemaOf<Note> = v.object({
  ...row,
  account_id: v.number(),
  chat_id: v.number(),
  client_id: v.string(),
  author: v.object({ kind: v.picklist(["user", "api_key", "rule", "phone"]), id: number, name: text }),
  body: v.string(),
  mentions: v.array(named),
  created_at: v.string(),
  edited_at: text,
  deleted_at: text,
});

export const contact: SchemaOf<Contact> = v.object({
  ...row,
  ...sender.entries,
  account_id: v.number(),
  provider_ids: v.array(v.string()),
});

export const account: SchemaOf<Account> = v.object({
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
  restricted: v.exactOptional(v.boolean()),
  last_webhook_at: text,
  last_sweep_at: text,
  found_late: v.number(),
  read_receipts: v.boolean(),
  retention_days: number,
  category_required: v.boolean(),
  assignment_mode: v.picklist(["manual", "round_robin", "balanced"]),
  chat_limit: number,
  hours_changed_at: text,
  auto_replies_changed_at: text,
  new_chats_stopped_until: text,
  messages_used_up_until: text,
  import_state: v.picklist(["none", "running", "done"]),
  imported_messages: v.number(),
  oldest_gap_at: text,
  gap_seconds: number,
});

/** A tombstone: the id of an erased row; for a trimmed chat the time before which its messages were erased. */
export type Tombstone = v.InferOutput<typeof tombstone>;
export const tombstone = v.object({ ...row, before: text });
