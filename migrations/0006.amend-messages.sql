-- What happens to a message after it was written (reactions, edits, deletions), and chats that begin here.
alter table channels_message
    add column is_forwarded boolean not null default false,
    -- When the read of UniPile began that this row shows: what an older read or hint says is out of date.
    add column confirmed_at timestamptz not null default '-infinity';

-- What a webhook said happened to a message: kept until UniPile itself was asked, or, where it cannot be asked,
-- for good. One row a message, kind and person, the newest word; it may be here before its message is.
create table channels_amendment (
    account_id      bigint not null references channels_account on delete cascade,
    provider_msg_id text not null check (length(provider_msg_id) between 1 and 255),
    kind            text not null check (kind in ('reaction', 'edited', 'deleted')),
    person          text not null default '', -- who reacted, as the provider calls them; '' is the account itself
    content         jsonb not null,
    told_at         timestamptz(3) not null,
    created_at      timestamptz(3) not null default now(),
    primary key (account_id, provider_msg_id, kind, person)
);

-- First messages to somebody, written down before UniPile is asked: one whose outcome nobody knows stays here, so
-- that its client_id never sends it again.
create table channels_chat_start (
    account_id bigint not null references channels_account on delete cascade,
    client_id  text not null check (length(client_id) between 1 and 100),
    address    text not null,
    body       text not null,
    created_at timestamptz(3) not null default now(),
    primary key (account_id, client_id)
);

-- Whether contacts are told that what they wrote was read here.
alter table channels_account add column read_receipts boolean not null default true;
