-- Rejected accounts: connected on a hosted page but not accepted, until the user who requested the page has seen it.
create table channels_refusal (
    id         bigint generated always as identity primary key,
    user_id    bigint not null references users on delete cascade,
    provider   text not null,
    digest     bytea not null unique check (length(digest) = 32), -- of page and account: a repeat is the same row
    phone      text,
    error      jsonb not null,
    seen_at    timestamptz(3),
    created_at timestamptz(3) not null default now(),
    check (seen_at is null or phone is null)
);
create index channels_refusal_unseen on channels_refusal (user_id, provider, id desc) where seen_at is null;
create index channels_refusal_created on channels_refusal (created_at);
