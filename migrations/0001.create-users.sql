-- Users, and the sessions (refresh-token families) of their browsers.
create function rfc3339(moment timestamptz) returns text
    language sql stable parallel safe
    as $$ select to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

create table users (
    id            bigint generated always as identity primary key,
    email         text not null check (length(email) between 1 and 320),
    name          text not null,
    role          text not null default 'agent' check (role in ('owner', 'admin', 'agent', 'viewer')),
    password_hash text,
    is_active     boolean not null default true,
    created_at    timestamptz(3) not null default now(),
    updated_at    timestamptz(3) not null default now()
);
create unique index users_email on users (lower(email));

create table sessions (
    id            uuid primary key default gen_random_uuid(),
    user_id       bigint not null references users on delete cascade,
    token_hash    bytea not null,
    previous_hash bytea, -- two tabs that refresh together: the slower one is accepted for a short while
    rotated_at    timestamptz(3) not null default now(),
    expires_at    timestamptz(3) not null,
    revoked_at    timestamptz(3),
    created_at    timestamptz(3) not null default now(),
    updated_at    timestamptz(3) not null default now()
);
create index sessions_user on sessions (user_id);
