-- Rules: what Confab does by itself when something happens in a chat. Deleted ones stay as names of what they did.
create table rule (
    id         bigint generated always as identity primary key,
    name       text not null check (length(name) between 1 and 60),
    position   integer not null,
    is_on      boolean not null default false,
    on_since   timestamptz(3),
    stops      boolean not null default false, -- those after it do not run for the same event
    event      text not null check (event in ('message_in', 'message_out', 'send_failed', 'opened', 'assigned', 'labelled',
        'unlabelled', 'closed', 'woke', 'unreplied', 'unassigned')),
    minutes    integer check (minutes between 1 and 43200),
    conditions jsonb not null default '[]'
        check (jsonb_typeof(conditions) = 'array' and jsonb_array_length(conditions) <= 10),
    actions    jsonb not null
        check (jsonb_typeof(actions) = 'array' and jsonb_array_length(actions) between 1 and 10),
    created_by bigint references users on delete set null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    deleted_at timestamptz(3),
    check ((event in ('unreplied', 'unassigned')) = (minutes is not null)),
    check (is_on = (on_since is not null)),
    check (deleted_at is null or not is_on)
);
create index rule_position on rule (position, id) where deleted_at is null;
create table rule_account (
    rule_id    bigint not null references rule on delete cascade,
    account_id bigint not null references channels_account on delete cascade,
    primary key (rule_id, account_id)
);
create index rule_account_account on rule_account (account_id);
-- Each run, in the transaction of what it did. The key names the event, or the period that a time rule waited for: a rule
-- never runs twice for one. A time rule whose conditions did not hold has an `unmatched` one.
create table rule_run (
    id         bigint generated always as identity primary key,
    rule_id    bigint not null references rule on delete cascade,
    account_id bigint not null references channels_account on delete cascade,
    chat_id    bigint not null references channels_chat on delete cascade,
    event_key  text not null check (length(event_key) between 1 and 60),
    event_seq  bigint,                       -- null: of a time rule
    outcome    text not null check (outcome in ('done', 'partly', 'failed', 'unmatched')),
    actions    jsonb not null default '[]',  -- each with its error, or null
    at         timestamptz(3) not null default now()
);
create unique index rule_run_event on rule_run (rule_id, event_key);
create index rule_run_shown on rule_run (rule_id, id desc) where outcome <> 'unmatched';
create index rule_run_chat on rule_run (chat_id);
create index rule_run_account on rule_run (account_id, id);
create index rule_run_at on rule_run (at);

-- Since when an open or snoozed chat has no assignee. By triggers, whatever statement changes the chat, also the deletion
-- of a user; a chat begins closed.
alter table channels_chat add column unassigned_since timestamptz(3);
create function note_unassigned() returns trigger language plpgsql as $$
begin
    new.unassigned_since := case when new.status <> 'closed' and new.assignee_id is null
        then coalesce(old.unassigned_since, now()) end;
    return new;
end $$;
create trigger note_unassigned before update on channels_chat for each row
    when (old.status <> new.status or old.assignee_id is distinct from new.assignee_id)
    execute function note_unassigned();
-- They wait from now on: since when they really do, no row says.
update channels_chat set unassigned_since = now() where status <> 'closed' and assignee_id is null;
create index channels_chat_unassigned on channels_chat (account_id, unassigned_since, id)
    where unassigned_since is not null;

-- A rule can notify users. Other kinds that the constraint allows by now stay allowed.
do $$
begin
    execute (
        select format('alter table notification drop constraint %I, add constraint %I check (%s or kind = ''rule'')',
            conname, conname, pg_get_expr(conbin, conrelid))
        from pg_constraint where conrelid = 'notification'::regclass and conname = 'notification_kind_check');
end $$;
