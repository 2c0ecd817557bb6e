-- Hosted pages: the holder of the token may report once which account was connected there.
create table channels_hosted_link (
    token_hash          bytea primary key check (length(token_hash) = 32),
    user_id             bigint not null references users on delete cascade,
    provider            text not null,
    expires_at          timestamptz(3) not null,
    external_account_id text, -- the account it was used for; null: unused
    created_at          timestamptz(3) not null default now()
);
create index channels_hosted_link_user on channels_hosted_link (user_id);
