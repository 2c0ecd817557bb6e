-- Amendments of messages (reactions, edits, deletions), and chats that begin here.
alter table channels_message
    add column is_forwarded boolean not null default false,
    -- When the read of UniPile began that this row shows: older reads and early events are out of date.
    add column confirmed_at timestamptz not null default '-infinity';

-- Early events: amendments that a webhook reported, stored until UniPile was read, or for good if it cannot be read.
-- One row per message, kind and reactor, the newest report; it may arrive before its message.
create table channels_amendment (
    account_id      bigint not null references channels_account on delete cascade,
    provider_msg_id text not null check (length(provider_msg_id) between 1 and 255),
    kind            text not null check (kind in ('reaction', 'edited', 'deleted')),
    person          text not null default '', -- the provider's id of who reacted; '' is the account itself
    content         jsonb not null,
    told_at         timestamptz(3) not null,
    created_at      timestamptz(3) not null default now(),
    primary key (account_id, provider_msg_id, kind, person)
);

-- First messages to a phone number, stored before UniPile is called. One with an unknown outcome stays, so that its
-- client_id never sends it again.
create table channels_chat_start (
    account_id bigint not null references channels_account on delete cascade,
    client_id  text not null check (length(client_id) between 1 and 100),
    address    text not null,
    body       text not null,
    created_at timestamptz(3) not null default now(),
    primary key (account_id, client_id)
);

-- Whether contacts get read receipts.
alter table channels_account add column read_receipts boolean not null default true;
