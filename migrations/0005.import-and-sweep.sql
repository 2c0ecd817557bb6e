-- Import of an account's history and sweeps of UniPile's store: their progress.
--
-- A message from before the account was first connected here (connected_at) is history: not unread and not counted,
-- unless a webhook reports it as new. A trigger sets connected_at, so that no statement can forget it.
alter table channels_account
    add column connected_at         timestamptz(3),
    add column import_state         text not null default 'none' check (import_state in ('none', 'running', 'done')),
    add column import_wanted        boolean not null default false, -- once more from the beginning: UniPile has more
    add column import_cursor        text,                           -- UniPile's cursor in its list of chats; opaque
    add column is_import_listed     boolean not null default false, -- the first page of every chat is imported
    add column imported_messages    bigint not null default 0,
    add column import_claimed_until timestamptz(3) not null default '-infinity',
    add column import_due_at        timestamptz(3) not null default now(), -- when to check that it continues
    add column sweep_claimed_until  timestamptz(3) not null default '-infinity',
    add column sweep_due_at         timestamptz(3) not null default now(),
    add column oldest_gap_at        timestamptz(3), -- the oldest late message of the last sweep that found any
    add column gap_seconds          bigint;         -- from its time until it was stored

update channels_account set connected_at = created_at where status <> 'connecting';

create function note_first_connection() returns trigger language plpgsql as $$
begin
    new.connected_at := now();
    return new;
end $$;
create trigger first_connection before insert or update of status on channels_account
    for each row when (new.status = 'connected' and new.connected_at is null)
    execute function note_first_connection();

-- A chat that is being imported: the cursor of its next page. Deleted when the import is done.
create table channels_import (
    account_id       bigint not null references channels_account on delete cascade,
    provider_chat_id text not null check (length(provider_chat_id) between 1 and 255),
    place            bigint generated always as identity, -- newest chats first, as UniPile lists them
    kind             text not null check (kind in ('direct', 'group', 'channel')),
    cursor           text, -- null: imported completely
    primary key (account_id, provider_chat_id)
);

alter table channels_message add column is_history boolean not null default false;
