-- Exports of an account or of one contact: requested, written by the worker, available for some days.
create table channels_export (
    id            bigint generated always as identity primary key,
    account_id    bigint not null references channels_account on delete cascade,
    contact_id    bigint, -- null: the whole account
    user_id       bigint references users on delete set null, -- who requested it
    with_media    boolean not null,
    state         text not null default 'waiting' check (state in ('waiting', 'running', 'ready', 'failed')),
    sha256        text references channels_media_blob,
    size          bigint,
    messages      bigint not null default 0,
    tries         integer not null default 0,
    claimed_until timestamptz(3) not null default '-infinity',
    expires_at    timestamptz(3), -- of a finished or failed one
    created_at    timestamptz(3) not null default now(),
    updated_at    timestamptz(3) not null default now(),
    check ((state = 'ready') = (sha256 is not null)),
    check ((state in ('ready', 'failed')) = (expires_at is not null))
);
-- One at a time per account.
create unique index channels_export_open on channels_export (account_id) where state in ('waiting', 'running');
create index channels_export_account on channels_export (account_id, id);
create index channels_export_user on channels_export (user_id);
create index channels_export_sha256 on channels_export (sha256) where sha256 is not null;
create index channels_export_expiry on channels_export (expires_at) where expires_at is not null;
