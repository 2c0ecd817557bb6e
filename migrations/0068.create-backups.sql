-- This installation: which one it is, so that backups of several can be told apart in one folder, and which backup it was
-- restored from. `is_restoring`: a restore has begun and not ended, and nothing may run on what it has left.
create table installation (
    is_only      boolean primary key default true check (is_only),
    id           uuid not null default gen_random_uuid(),
    is_restoring boolean not null default false,
    restored_at  timestamptz(3),
    backup_at    timestamptz(3),            -- the moment whose state was restored
    late_before  bigint not null default 0, -- messages that had been found late by then
    check ((restored_at is null) = (backup_at is null))
);

-- Backups that were begun here. They are no part of a backup.
create table backup (
    id           bigint generated always as identity primary key,
    begun_at     timestamptz(3) not null default now(),
    ended_at     timestamptz(3),
    state        text not null default 'running' check (state in ('running', 'done', 'failed')),
    location     text not null, -- without credentials
    name         text,
    bytes        bigint not null default 0, -- of its tables and files
    copied_bytes bigint not null default 0, -- of these, what was not there before
    files        bigint not null default 0,
    error        text,
    check ((state = 'running') = (ended_at is null)),
    check ((state = 'done') <= (name is not null))
);
create unique index backup_running on backup (state) where state = 'running';
create index backup_ended on backup (state, ended_at desc);
