-- What a person is writing, one draft for each chat. One that was sent has an empty text: the row says so to who was
-- away.
create table channels_draft (
    id         bigint generated always as identity unique, -- for pages of an export
    chat_id    bigint not null references channels_chat on delete cascade,
    user_id    bigint not null references users on delete cascade,
    account_id bigint not null references channels_account on delete cascade,
    text       text not null,
    quote_id   bigint,                  -- no reference: an erased message is quoted no more
    is_shared  boolean not null default false,
    written_at timestamptz(3) not null, -- by the clock of the device: the newest wins
    seq        bigint not null,         -- in the user's feed
    shared_seq bigint,                  -- in the account's feed; null: never shared
    primary key (chat_id, user_id)
);
create index channels_draft_user on channels_draft (user_id, seq);
create index channels_draft_shared on channels_draft (account_id, shared_seq) where shared_seq is not null;
