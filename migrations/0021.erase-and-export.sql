-- Erasure of a contact or an account, retention, and exports.
alter table channels_account
    add column has_erased     boolean not null default false, -- a contact was erased: check events against digests
    add column retention_days integer check (retention_days between 1 and 36500), -- null: no limit
    add column erasing_since  timestamptz(3);                 -- the account is being erased, step by step
create index channels_account_erasing on channels_account (id) where erasing_since is not null;
create index channels_account_retention on channels_account (id) where retention_days is not null;
-- Erasure digests: keyed hashes of the provider's ids of erased contacts, chats and messages.
create table channels_erased (
    account_id bigint not null references channels_account on delete cascade,
    digest     bytea not null check (length(digest) = 32),
    erased_at  timestamptz(3) not null,
    primary key (account_id, digest)
);
-- Tombstones: what readers of changes must drop. Each takes a seq; no content.
create table channels_gone (
    account_id bigint not null references channels_account on delete cascade,
    seq        bigint not null,
    event      text not null check (event in ('chat:erased', 'chat:trimmed', 'message:erased', 'contact:erased')),
    id         bigint not null, -- of the chat, message or contact
    chat_id    bigint,
    before     timestamptz(3), -- chat:trimmed: messages sent before this are deleted
    primary key (account_id, seq),
    check ((event = 'chat:trimmed') = (before is not null))
);
create unique index channels_gone_trimmed on channels_gone (account_id, id) where event = 'chat:trimmed';
-- The erasure of a contact, continued step by step by the worker that has the lease.
create table channels_erasure (
    id            bigint generated always as identity primary key,
    account_id    bigint not null references channels_account on delete cascade,
    contact_id    bigint not null, -- the id of their contact
    user_id       bigint references users on delete set null, -- who requested it
    state         text not null default 'running' check (state in ('running', 'done')),
    names         text[] not null, -- ids by which their rows are found; deleted when it is done
    chat_ids      bigint[] not null,
    walked_seq    bigint not null default -1, -- all messages of the account up to this seq are processed
    messages      bigint not null default 0,  -- how many were deleted
    claimed_until timestamptz(3) not null default '-infinity',
    created_at    timestamptz(3) not null default now(),
    updated_at    timestamptz(3) not null default now(),
    unique (account_id, contact_id),
    check (state = 'running' or (names = '{}' and chat_ids = '{}'))
);
create index channels_erasure_running on channels_erasure (id) where state = 'running';
create index channels_erasure_user on channels_erasure (user_id);
alter table dead_letters drop constraint dead_letters_state_check;
alter table dead_letters add constraint dead_letters_state_check
    check (state in ('dead', 'ignored', 'redriven', 'erased'));
