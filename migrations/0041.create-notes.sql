-- What users write to each other beside a chat's messages: in a table of its own, so that nothing that sends reads it.
create table channels_note (
    id              bigint generated always as identity primary key,
    account_id      bigint not null references channels_account on delete cascade,
    chat_id         bigint not null references channels_chat on delete cascade,
    conversation_id bigint,                  -- the chat's newest when it was written; no reference, as for chats
    client_id       text not null check (length(client_id) between 1 and 100),
    author_kind     text not null check (author_kind in ('user', 'api_key', 'rule')),
    author_id       bigint not null,         -- no reference, as for messages
    body            text not null check (length(body) <= 10000),
    created_at      timestamptz(3) not null default now(),
    edited_at       timestamptz(3),
    deleted_at      timestamptz(3),
    inserted_seq    bigint not null,
    seq             bigint not null,
    words           tsvector,                -- for search; null: not indexed yet
    check ((deleted_at is null) = (body <> ''))
);
create unique index channels_note_client on channels_note (account_id, client_id);
create index channels_note_chat on channels_note (chat_id, created_at desc, id desc);
create index channels_note_seq on channels_note (account_id, seq);
create index channels_note_words on channels_note using gin (words);

create table channels_note_mention (
    note_id bigint not null references channels_note on delete cascade,
    user_id bigint not null references users on delete cascade,
    chat_id bigint not null,
    primary key (note_id, user_id)
);
create index channels_note_mention_user on channels_note_mention (user_id, note_id desc);
create index channels_note_mention_chat on channels_note_mention (chat_id, user_id);
