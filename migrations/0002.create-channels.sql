-- Accounts with their chats, contacts and messages.
--
-- channels_account.seq is the sequence number of an account's changes. A change takes the next seq in its own
-- transaction, with the account's row locked until the commit, so that seqs become visible in order and
-- "everything with seq > n" misses nothing. The rows are the log.
create table channels_account (
    id                  bigint generated always as identity primary key,
    user_id             bigint not null references users on delete restrict,
    provider            text not null check (provider in ('whatsapp')),
    external_account_id text not null check (length(external_account_id) between 1 and 255),
    status              text not null default 'connecting'
                        check (status in ('connecting', 'connected', 'needs_action', 'degraded', 'disconnected')),
    status_reason       text,
    name                text,
    phone               text,
    seq                 bigint not null default 0, -- the newest seq
    changed_seq         bigint not null default 0, -- the seq of this row's own last change
    last_webhook_at     timestamptz(3),
    last_sweep_at       timestamptz(3),
    found_late          bigint not null default 0,
    created_at          timestamptz(3) not null default now(),
    updated_at          timestamptz(3) not null default now(),
    unique (provider, external_account_id)
);
create index channels_account_user on channels_account (user_id);

create table channels_account_member (
    account_id bigint not null references channels_account on delete cascade,
    user_id    bigint not null references users on delete cascade,
    role       text not null check (role in ('owner', 'agent', 'viewer')),
    created_at timestamptz(3) not null default now(),
    primary key (account_id, user_id)
);
create index channels_account_member_user on channels_account_member (user_id);

create table channels_contact (
    id          bigint generated always as identity primary key,
    account_id  bigint not null references channels_account on delete cascade,
    provider_id text not null check (length(provider_id) between 1 and 255), -- LID or phone JID, opaque
    name        text,
    phone       text,
    avatar      text,
    named_at    timestamptz(3) not null, -- time of the event that reported the name: the newest wins, in any order
    created_at  timestamptz(3) not null default now(),
    updated_at  timestamptz(3) not null default now(),
    unique (account_id, provider_id)
);

create table channels_chat (
    id                   bigint generated always as identity primary key,
    account_id           bigint not null references channels_account on delete cascade,
    provider_chat_id     text not null check (length(provider_chat_id) between 1 and 255),
    address              text, -- WhatsApp's own id of the conversation, …@s.whatsapp.net or …@g.us
    kind                 text not null default 'direct' check (kind in ('direct', 'group', 'channel')),
    title                text,
    titled_at            timestamptz(3) not null default '-infinity',
    last_message_id      bigint,
    last_message_at      timestamptz(3),
    last_message_preview text,
    unread_count         integer not null default 0 check (unread_count >= 0),
    read_until           timestamptz(3) not null default '-infinity', -- messages that arrived after this are unread
    archived             boolean not null default false,
    pinned               boolean not null default false,
    muted_until          timestamptz(3),
    seq                  bigint not null,
    created_at           timestamptz(3) not null default now(),
    updated_at           timestamptz(3) not null default now(),
    unique (account_id, provider_chat_id)
);
create index channels_chat_recent on channels_chat (account_id, (coalesce(last_message_at, created_at)) desc, id desc);
create index channels_chat_seq on channels_chat (account_id, seq);

create table channels_message (
    id              bigint generated always as identity primary key,
    chat_id         bigint not null references channels_chat on delete cascade,
    account_id      bigint not null references channels_account on delete cascade,
    provider_msg_id text check (length(provider_msg_id) between 1 and 255),
    client_id       text check (length(client_id) between 1 and 100),
    direction       text not null check (direction in ('in', 'out')),
    status          text not null
                    check (status in ('received', 'sending', 'sent', 'delivered', 'read', 'failed', 'unconfirmed')),
    body            text,
    attachments     jsonb not null default '[]',
    sender          jsonb,
    quoted          jsonb,
    reactions       jsonb not null default '[]',
    is_event        boolean not null default false,
    event_type      integer,
    error           jsonb,
    attempted_at    timestamptz(3), -- when it was last sent to UniPile; null: never
    sent_at         timestamptz(3) not null,
    edited_at       timestamptz(3),
    deleted_at      timestamptz(3),
    seq             bigint not null, -- of the last change
    inserted_seq    bigint not null, -- of the insert: a reader of changes learns whether the row is new to it
    created_at      timestamptz(3) not null default now(),
    updated_at      timestamptz(3) not null default now(),
    unique (account_id, provider_msg_id),
    unique (account_id, client_id),
    check ((direction = 'in') = (status = 'received'))
);
create index channels_message_recent on channels_message (chat_id, sent_at desc, id desc);
create index channels_message_seq on channels_message (account_id, seq);
-- The outbox: messages to send or without an outcome, a handful of rows at any time.
create index channels_message_outbox on channels_message (chat_id, id) where status = 'sending';

-- A tick that overtook its message waits here until the message is stored.
create table channels_receipt (
    account_id      bigint not null references channels_account on delete cascade,
    provider_msg_id text not null check (length(provider_msg_id) between 1 and 255),
    status          text not null check (status in ('delivered', 'read')),
    created_at      timestamptz(3) not null default now(),
    primary key (account_id, provider_msg_id)
);
