-- Saved views: filters of the list of chats, shared by all users or private to one.
create table saved_view (
    id         bigint generated always as identity primary key,
    name       text not null check (length(name) between 1 and 60),
    query      jsonb not null,
    position   integer not null,
    owner_id   bigint references users on delete cascade,  -- null: shared by all users
    created_by bigint references users on delete set null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now()
);
create index saved_view_owner on saved_view (owner_id, position, id);
