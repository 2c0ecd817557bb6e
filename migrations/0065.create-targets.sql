-- Targets: how fast customers are to be answered. The first one that fits a chat counts.
create table target (
    id                  bigint generated always as identity primary key,
    name                text not null check (length(name) between 1 and 60),
    position            integer not null,
    is_on               boolean not null default false,
    conditions          jsonb not null default '[]'
        check (jsonb_typeof(conditions) = 'array' and jsonb_array_length(conditions) <= 10),
    first_reply_minutes integer check (first_reply_minutes between 1 and 43200),
    next_reply_minutes  integer check (next_reply_minutes between 1 and 43200),
    close_minutes       integer check (close_minutes between 1 and 43200),
    office_hours        boolean not null default false, -- only the office hours of the number count
    created_by          bigint references users on delete set null,
    created_at          timestamptz(3) not null default now(),
    updated_at          timestamptz(3) not null default now(),
    check (num_nonnulls(first_reply_minutes, next_reply_minutes, close_minutes) > 0)
);
create index target_position on target (position, id);
create table target_account (
    target_id  bigint not null references target on delete cascade,
    account_id bigint not null references channels_account on delete cascade,
    primary key (target_id, account_id)
);
create index target_account_account on target_account (account_id);

-- Accounts with targets, and how far the clocks of their chats are to be computed again: chats up to this id; null: all
-- are done. `hours_at` is the version of the office hours that they are computed with.
create table target_recount (
    account_id bigint primary key references channels_account on delete cascade,
    next_id    bigint,
    hours_at   timestamptz(3)
);
create index target_recount_due on target_recount (account_id) where next_id is not null;

-- The clock of a chat's open conversation that ends first. `target_alert_at` is when users are to be alerted of it; null
-- when they have been. Written by a consumer of the account's feed, in accounts with targets only.
alter table channels_chat
    add column target_kind       text check (target_kind in ('first_reply', 'next_reply', 'close')),
    add column target_began_at   timestamptz(3),
    add column target_at_risk_at timestamptz(3),
    add column target_due_at     timestamptz(3),
    add column target_alert_at   timestamptz(3),
    add check (num_nulls(target_kind, target_began_at, target_at_risk_at, target_due_at) in (0, 4)),
    add check (target_kind is not null or target_alert_at is null);
create index channels_chat_target_due on channels_chat (account_id, target_due_at, id) where target_due_at is not null;
create index channels_chat_target_alert on channels_chat (target_alert_at) where target_alert_at is not null;

-- Clocks of which users were alerted, each once. A conversation has one clock of its first reply and one of its closing;
-- the others are told apart by when the contact began to wait.
create table target_alert (
    conversation_id bigint not null references channels_conversation on delete cascade,
    kind            text not null check (kind in ('first_reply', 'next_reply', 'close')),
    waiting_since   timestamptz(3) not null,
    primary key (conversation_id, kind, waiting_since),
    check (kind = 'next_reply' or waiting_since = '-infinity')
);

-- A notification of a target says which one, and when it is breached. Other kinds that the constraint allows by now stay
-- allowed.
alter table notification
    add column target_kind     text check (target_kind in ('first_reply', 'next_reply', 'close')),
    add column target_began_at timestamptz(3),
    add column target_due_at   timestamptz(3);
do $$
begin
    execute (
        select format('alter table notification drop constraint %I, add constraint %I check (%s or kind = ''target'')',
            conname, conname, pg_get_expr(conbin, conrelid))
        from pg_constraint where conrelid = 'notification'::regclass and conname = 'notification_kind_check');
end $$;
alter table notification
    add constraint notification_target_check
        check (num_nonnulls(target_kind, target_began_at, target_due_at) = case kind when 'target' then 3 else 0 end);

-- A view can ask for chats whose target is at risk or breached.
update saved_view set query = query || '{"target": null}';
