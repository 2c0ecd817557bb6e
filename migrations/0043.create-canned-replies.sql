-- Texts that users insert into what they write, with variables and files: a user's own, or shared with all or one team.
create table canned_reply (
    id           bigint generated always as identity primary key,
    owner_id     bigint references users on delete cascade,         -- null: shared
    team_id      bigint references user_team on delete set null,    -- of a shared one: for this team only
    name         text not null check (length(name) between 1 and 100),
    shortcut     text check (shortcut ~ '^[^[:space:]/]{1,50}$'),   -- what is typed behind the slash
    body         text not null check (length(body) <= 10000),       -- with its {{variables}}
    uses         bigint not null default 0 check (uses >= 0),
    last_used_at timestamptz(3),
    created_by   bigint,                                            -- no reference, as for authors
    created_at   timestamptz(3) not null default now(),
    updated_at   timestamptz(3) not null default now(),
    check (owner_id is null or team_id is null)
);
create unique index canned_reply_shortcut on canned_reply (coalesce(owner_id, 0), lower(shortcut))
    where shortcut is not null;
create index canned_reply_owner on canned_reply (owner_id) where owner_id is not null;
create index canned_reply_team on canned_reply (team_id) where team_id is not null;

create table canned_reply_file (
    reply_id   bigint not null references canned_reply on delete cascade,
    file_id    text not null check (length(file_id) between 1 and 255),
    sha256     text not null references channels_media_blob,
    attachment jsonb not null, -- as of a message
    added_at   timestamptz not null default clock_timestamp(),
    primary key (reply_id, file_id)
);
create index canned_reply_file_blob on canned_reply_file (sha256);
