-- Plans: several grants per user, quotas reserved in the transaction they pay for, usage that can be compared with the
-- rows at any time (docs/adr/0014-usage-is-counted-by-triggers.md).
--
-- Every outgoing message that did not fail counts as sent, every incoming one as received; system events and history
-- do not count. A plan's month counts messages sent through Confab (with a client_id: sent_here); a first message to a
-- phone number counts from when it is stored, before UniPile is called.
alter table channels_entitlement
    drop constraint channels_entitlement_user_id_provider_key,
    add unique (user_id, provider, source),
    add column told_at timestamptz(3); -- of the newest billing event: older ones are ignored

alter table channels_message
    add column counted_at timestamptz(3); -- when it was counted, if later than stored: once history, or a retry
create index channels_message_counted on channels_message (counted_at) where counted_at is not null;
-- Rows are inserted in the order of time, so that a BRIN index finds a month of them.
create index channels_message_stored on channels_message using brin (created_at) with (autosummarize = on);

alter table channels_usage
    add column sent_here    bigint not null default 0 check (sent_here >= 0),
    add column warned_level smallint not null default 0, -- per cent of the month's limit of the last warning,
    add column warned_limit bigint,                      -- and the limit at that time
    add column pushed_at    timestamptz(3) not null default '-infinity';

create table channels_usage_day (
    user_id       bigint not null references users on delete cascade,
    provider      text not null,
    day           date not null,
    messages_sent bigint not null default 0 check (messages_sent >= 0),
    messages_rcvd bigint not null default 0 check (messages_rcvd >= 0),
    primary key (user_id, provider, day)
);

-- What erased rows had counted in a month: an erase refunds nothing.
create table channels_usage_gone (
    user_id       bigint not null references users on delete cascade,
    provider      text not null,
    period_ym     char(7) not null,
    messages_sent bigint not null,
    sent_here     bigint not null,
    messages_rcvd bigint not null,
    primary key (user_id, provider, period_ym)
);

create table billing_event (
    webhook_id  text primary key check (length(webhook_id) between 1 and 255),
    body_hash   bytea not null,
    received_at timestamptz(3) not null default now()
);
create index billing_event_received on billing_event (received_at);

create function usage_month(moment timestamptz) returns char(7)
    language sql stable parallel safe as $$ select to_char(moment at time zone 'UTC', 'YYYY-MM') $$;

-- Add to a month and a day; locks the month first.
create function count_usage(whose bigint, at_provider text, moment timestamptz, sent bigint, here bigint, rcvd bigint)
    returns void language plpgsql as $$
begin
    insert into channels_usage as known (user_id, provider, period_ym, messages_sent, sent_here, messages_rcvd)
    values (whose, at_provider, usage_month(moment), greatest(sent, 0), greatest(here, 0), greatest(rcvd, 0))
    on conflict (user_id, provider, period_ym) do update set
        messages_sent = greatest(known.messages_sent + sent, 0), sent_here = greatest(known.sent_here + here, 0),
        messages_rcvd = greatest(known.messages_rcvd + rcvd, 0), updated_at = now();
    insert into channels_usage_day as known (user_id, provider, day, messages_sent, messages_rcvd)
    values (whose, at_provider, (moment at time zone 'UTC')::date, greatest(sent, 0), greatest(rcvd, 0))
    on conflict (user_id, provider, day) do update set
        messages_sent = greatest(known.messages_sent + sent, 0),
        messages_rcvd = greatest(known.messages_rcvd + rcvd, 0);
end $$;

-- A failure refunds the unit, sending again takes one, by whatever statement.
create function recount_message() returns trigger language plpgsql as $$
declare
    account channels_account;
begin
    select * into account from channels_account where id = new.account_id;
    if old.status <> 'failed' then
        perform count_usage(account.user_id, account.provider, coalesce(old.counted_at, old.created_at),
                            -1, case when old.client_id is null then 0 else -1 end, 0);
    end if;
    if new.status <> 'failed' then
        perform count_usage(account.user_id, account.provider, coalesce(new.counted_at, new.created_at),
                            1, case when new.client_id is null then 0 else 1 end, 0);
    end if;
    return null;
end $$;
create trigger recount after update of status, counted_at, client_id on channels_message for each row
    when (old.direction = 'out' and not old.is_event and not old.is_history and (
          (old.status = 'failed') <> (new.status = 'failed') or old.counted_at is distinct from new.counted_at
          or (old.client_id is null) <> (new.client_id is null)))
    execute function recount_message();

create function count_chat_start() returns trigger language plpgsql as $$
declare
    start channels_chat_start := coalesce(new, old);
    account channels_account;
begin
    select * into account from channels_account where id = start.account_id;
    if found then -- else it goes with its account, which keeps the count
        perform count_usage(account.user_id, account.provider, start.created_at,
                            0, case when tg_op = 'INSERT' then 1 else -1 end, 0);
    end if;
    return null;
end $$;
create trigger count_chat_start after insert or delete on channels_chat_start for each row
    execute function count_chat_start();

create function keep_usage(whose bigint, at_provider text, month char(7), sent bigint, here bigint, rcvd bigint)
    returns void language sql as $$
    insert into channels_usage_gone as known (user_id, provider, period_ym, messages_sent, sent_here, messages_rcvd)
    values (whose, at_provider, month, sent, here, rcvd)
    on conflict (user_id, provider, period_ym) do update set
        messages_sent = known.messages_sent + excluded.messages_sent,
        sent_here = known.sent_here + excluded.sent_here, messages_rcvd = known.messages_rcvd + excluded.messages_rcvd
$$;

create function keep_usage_of_deleted() returns trigger language plpgsql as $$
begin
    perform keep_usage(a.user_id, a.provider, month, sent, here, rcvd)
    from (select account_id, usage_month(coalesce(counted_at, created_at)) as month,
              count(*) filter (where direction = 'out') as sent,
              count(*) filter (where direction = 'out' and client_id is not null) as here,
              count(*) filter (where direction = 'in') as rcvd
          from deleted where not is_event and not is_history and status <> 'failed' group by 1, 2) d
    join channels_account a on a.id = d.account_id;
    return null;
end $$;
create trigger keep_usage after delete on channels_message referencing old table as deleted
    for each statement execute function keep_usage_of_deleted();

create function keep_usage_of_account() returns trigger language plpgsql as $$
begin
    perform keep_usage(old.user_id, old.provider, month, sent, here, rcvd)
    from (select month, sum(sent) as sent, sum(here) as here, sum(rcvd) as rcvd
          from (select usage_month(coalesce(counted_at, created_at)) as month, (direction = 'out')::int as sent,
                    (direction = 'out' and client_id is not null)::int as here, (direction = 'in')::int as rcvd
                from channels_message
                where account_id = old.id and not is_event and not is_history and status <> 'failed'
                union all
                select usage_month(created_at), 0, 1, 0 from channels_chat_start where account_id = old.id) each
          group by month) months;
    return old;
end $$;
create trigger keep_usage before delete on channels_account for each row execute function keep_usage_of_account();

-- Count the existing rows: per day, and those sent through Confab.
with counted as (
    select a.user_id, a.provider, m.created_at, m.direction, m.client_id
    from channels_message m join channels_account a on a.id = m.account_id
    where not m.is_event and not m.is_history and m.status <> 'failed'
), days as (
    insert into channels_usage_day (user_id, provider, day, messages_sent, messages_rcvd)
    select user_id, provider, (created_at at time zone 'UTC')::date, count(*) filter (where direction = 'out'),
        count(*) filter (where direction = 'in')
    from counted group by 1, 2, 3
), here as (
    select user_id, provider, usage_month(created_at) as month, count(*) as n from (
        select user_id, provider, created_at from counted where direction = 'out' and client_id is not null
        union all
        select a.user_id, a.provider, s.created_at
        from channels_chat_start s join channels_account a on a.id = s.account_id) each
    group by 1, 2, 3
)
insert into channels_usage as known (user_id, provider, period_ym, sent_here)
select user_id, provider, month, n from here
on conflict (user_id, provider, period_ym) do update set sent_here = excluded.sent_here;
