-- Entitlements (what a plan allows) and usage.
create table channels_entitlement (
    id         bigint generated always as identity primary key,
    user_id    bigint not null references users on delete cascade,
    provider   text not null,
    is_active  boolean not null default true,
    source     text not null default 'manual' check (source in ('plan', 'trial', 'manual', 'billing')),
    plan       text,
    expires_at timestamptz(3),
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    unique (user_id, provider)
);

create table channels_usage (
    id            bigint generated always as identity primary key,
    user_id       bigint not null references users on delete cascade,
    provider      text not null,
    period_ym     char(7) not null check (period_ym ~ '^\d{4}-\d{2}$'),
    messages_sent bigint not null default 0 check (messages_sent >= 0),
    messages_rcvd bigint not null default 0 check (messages_rcvd >= 0),
    created_at    timestamptz(3) not null default now(),
    updated_at    timestamptz(3) not null default now(),
    unique (user_id, provider, period_ym)
);
