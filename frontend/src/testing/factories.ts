/** Complete rows for tests; a test overrides the fields it is about. */
import type { Account, Attachment, Chat, Config, Contact, Entitlement, Me, Message, MonthUsage, Notification, Preferences, Sender, SignedIn } from "@/types/wire";

const TIME = "2026-03-02T09:00:00.000Z";

export function makeAccount(fields: Partial<Account> = {}): Account {
  return {
    id: 1,
    provider: "whatsapp",
    external_account_id: "acc1",
    payer_id: 8,
    status: "connected",
    status_reason: null,
    next_step: "none",
    status_since: TIME,
    restarts: 0,
    name: "Nordlicht",
    phone: "+49 30 5557 0192",
    role: "owner",
    seq: 1,
    last_webhook_at: TIME,
    last_sweep_at: TIME,
    found_late: 0,
    read_receipts: true,
    retention_days: null,
    category_required: false,
    assignment_mode: "manual",
    chat_limit: null,
    hours_changed_at: null,
    auto_replies_changed_at: null,
    new_chats_stopped_until: null,
    messages_used_up_until: null,
    import_state: "none",
    imported_messages: 0,
    oldest_gap_at: null,
    gap_seconds: null,
    created_at: TIME,
    updated_at: TIME,
    ...fields,
  };
}

export function makeChat(fields: Partial<Chat> = {}): Chat {
  return {
    id: 10,
    account_id: 1,
    provider_chat_id: "c10",
    kind: "direct",
    title: "Ana",
    contact: null,
    last_message_at: TIME,
    last_message_id: null,
    last_message_preview: "Hello",
    last_message_direction: "in",
    last_message_status: "received",
    last_message_content: { kind: "text", has_text: true, name: null, duration: null, sender: null },
    status: "closed",
    conversation_id: null,
    waiting_since: null,
    snoozed_until: null,
    assignee: null,
    team: null,
    state_seq: 0,
    labels: [],
    target: null,
    unread_count: 0,
    read_seq: 0,
    archived: false,
    pinned: false,
    muted_until: null,
    seq: 1,
    created_at: TIME,
    updated_at: TIME,
    ...fields,
  };
}

export function makeSender(fields: Partial<Sender> = {}): Sender {
  return { provider_id: "p1", name: "Ana", phone: null, avatar: null, ...fields };
}

export function makeContact(fields: Partial<Contact> = {}): Contact {
  return { id: 3, seq: 1, account_id: 1, provider_ids: ["p1"], ...makeSender(), ...fields };
}

export function makeAttachment(fields: Partial<Attachment> = {}): Attachment {
  return {
    id: "a1",
    type: "file",
    file_name: null,
    mimetype: null,
    file_size: null,
    state: "stored",
    error: null,
    voice_note: false,
    sticker: false,
    duration: null,
    width: null,
    height: null,
    ...fields,
  };
}

/** `ordered_at` follows `sent_at`, as it does on the server unless the sender's clock is ahead. */
export function makeMessage(fields: Partial<Message> = {}): Message {
  return {
    id: 100,
    account_id: 1,
    chat_id: 10,
    provider_msg_id: null,
    client_id: null,
    direction: "in",
    status: "received",
    body: "Hello",
    attachments: [],
    sender: makeSender(),
    author: null,
    quoted: null,
    reactions: [],
    mentions: [],
    is_forwarded: false,
    is_event: false,
    event_type: null,
    is_history: false,
    sent_at: TIME,
    ordered_at: fields.sent_at ?? TIME,
    arrived_seq: 1,
    accepted_at: null,
    delivered_at: null,
    read_at: null,
    edited_at: null,
    earlier_texts: [],
    deleted_at: null,
    deleted_by: null,
    scheduled_at: null,
    error: null,
    seq: 1,
    created_at: TIME,
    updated_at: TIME,
    ...fields,
  };
}

/** Every order of the items. */
export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

/** Both ends of a chat have been read. */
export const READ = { hasOlder: false, hasNewer: false } as const;

/** The rights of an agent of the team. */
export function makeMe(fields: Partial<Me> = {}): Me {
  const agent = ["read", "send"];
  const owner = [...agent, "manage_number", "manage_members"];
  return {
    user: { id: 7, email: "ana@example.com", name: "Ana", role: "agent" },
    permissions: ["read", "send", "connect_number", "see_people", "manage_keys"],
    number_permissions: { payer: [...owner, "hand_over_number"], owner, agent, viewer: ["read"] },
    key: null,
    ...fields,
  };
}

export function makeEntitlement(fields: Partial<Entitlement> = {}): Entitlement {
  return {
    provider: "whatsapp",
    is_active: true,
    plan: "team",
    source: "plan",
    expires_at: null,
    accounts: { allowed: 10, used: 2 },
    messages: { allowed: 1000, used: 40, level: "ok", until: "2026-12-01T00:00:00.000Z" },
    seats: { allowed: null, used: 3 },
    features: [],
    grants: [],
    ...fields,
  };
}

export function makeMonth(fields: Partial<MonthUsage> = {}): MonthUsage {
  return {
    provider: "whatsapp",
    period: "2026-11",
    messages_sent: 50,
    messages_rcvd: 90,
    sent_here: 40,
    plan: "team",
    allowed: 1000,
    level: "ok",
    until: "2026-12-01T00:00:00.000Z",
    ...fields,
  };
}

export function makeNotification(fields: Partial<Notification> = {}): Notification {
  return {
    id: 1,
    seq: 1,
    kind: "mine",
    account_id: 1,
    chat_id: 10,
    message_id: null,
    note_id: null,
    actor: null,
    target: null,
    title: "Bia Lima",
    preview: "Oi",
    at: "2026-03-02T09:00:00.000Z",
    read_at: null,
    ...fields,
  };
}

export function makePreferences(fields: Partial<Preferences> = {}): Preferences {
  const all = { bell: true, sound: true, desktop: true, push: true, mail: false };
  return {
    seq: 1,
    notifications: {
      mine: all,
      unassigned: { bell: true, sound: false, desktop: false, push: false, mail: false },
      assigned: all,
      mentioned: all,
      snooze_over: all,
      number_down: all,
      scheduled_failed: all,
      rule: all,
      target: all,
    },
    previews: false,
    language: null,
    ...fields,
  };
}

export function makeConfig(fields: Partial<Config> = {}): Config {
  return {
    sandbox: false,
    phone_url: null,
    demo: null,
    providers: ["whatsapp"],
    open_registration: false,
    forgot_password: false,
    mail: false,
    webpush_key: null,
    uploads: { max_bytes: 15_000_000, max_files: 10 },
    version: "test",
    ...fields,
  };
}

export function makeSignedIn(fields: Partial<SignedIn> = {}): SignedIn {
  const { user, permissions, number_permissions } = makeMe();
  return { token: "token", expires_at: TIME, user, media_key: "own", permissions, number_permissions, ...fields };
}
