-- What belongs to a person, numbered like the changes of an account (docs/adr/0021-a-feed-per-user.md).
create table user_feed (
    user_id bigint primary key references users on delete cascade,
    seq     bigint not null default 0
);

-- How a person is told of what happens; without a row, or without an entry, the defaults hold.
create table user_preferences (
    user_id       bigint primary key references users on delete cascade,
    seq           bigint not null,
    notifications jsonb not null default '{}', -- event -> channel -> whether
    updated_at    timestamptz(3) not null default now()
);
