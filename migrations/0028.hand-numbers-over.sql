-- The payer of an account can change. A message stores the payer it was counted for, and refunds only that one (ADR 7).
-- Nearly all have the account's first payer, stored as null, so that no existing row is touched.
alter table channels_account
    add column first_payer_id bigint references users on delete restrict; -- null: never handed over
create index channels_account_first_payer on channels_account (first_payer_id) where first_payer_id is not null;
alter table channels_message add column counted_for bigint;    -- null: the account's first payer
alter table channels_chat_start add column counted_for bigint; -- the same

-- All payers an account ever had, once it was handed over: their counters may still go down.
create table channels_account_payer (
    account_id bigint not null references channels_account on delete cascade,
    user_id    bigint not null references users on delete restrict,
    primary key (account_id, user_id)
);
create index channels_account_payer_user on channels_account_payer (user_id);

create function first_payer(account channels_account) returns bigint
    language sql immutable parallel safe as $$ select coalesce(account.first_payer_id, account.user_id) $$;
-- The value of counted_for for a message that is counted now.
create function counted_for_now(account channels_account) returns bigint
    language sql immutable parallel safe as $$
    select nullif(account.user_id, coalesce(account.first_payer_id, account.user_id)) $$;

-- The payer must be an owner of the account (keep_the_payer is the other half).
create function note_payer() returns trigger language plpgsql as $$
begin
    if not exists (select from channels_account_member
                   where account_id = new.id and user_id = new.user_id and role = 'owner') then
        raise exception 'who pays for a number is an owner of it' using errcode = 'restrict_violation';
    end if;
    insert into channels_account_payer (account_id, user_id) values (new.id, old.user_id), (new.id, new.user_id)
    on conflict do nothing;
    new.first_payer_id := coalesce(old.first_payer_id, old.user_id);
    return new;
end $$;
create trigger note_payer before update of user_id on channels_account for each row
    when (old.user_id <> new.user_id) execute function note_payer();

-- A message that is counted again (sent again, history that became new) counts for the payer at that time.
create function count_for_payer() returns trigger language plpgsql as $$
begin
    new.counted_for := (select counted_for_now(a) from channels_account a where a.id = new.account_id);
    return new;
end $$;
create trigger count_for before update of counted_at on channels_message for each row
    when (old.counted_at is distinct from new.counted_at) execute function count_for_payer();

-- Locks the user with the lower id first, as everywhere.
create or replace function recount_message() returns trigger language plpgsql as $$
declare
    account channels_account;
    change record;
begin
    select * into account from channels_account where id = new.account_id;
    for change in
        select * from (values
            (coalesce(old.counted_for, first_payer(account)), coalesce(old.counted_at, old.created_at), -1,
             old.status, old.client_id),
            (coalesce(new.counted_for, first_payer(account)), coalesce(new.counted_at, new.created_at), 1,
             new.status, new.client_id)) as x (whose, moment, units, status, client_id)
        where status <> 'failed' order by whose, moment, units
    loop
        perform count_usage(change.whose, account.provider, change.moment, change.units,
                            case when change.client_id is null then 0 else change.units end, 0);
    end loop;
    return null;
end $$;
drop trigger recount on channels_message;
create trigger recount after update of status, counted_at, client_id, counted_for on channels_message for each row
    when (old.direction = 'out' and not old.is_event and not old.is_history and (
          (old.status = 'failed') <> (new.status = 'failed') or old.counted_at is distinct from new.counted_at
          or (old.client_id is null) <> (new.client_id is null) or old.counted_for is distinct from new.counted_for))
    execute function recount_message();

create or replace function count_chat_start() returns trigger language plpgsql as $$
declare
    start channels_chat_start := coalesce(new, old);
    account channels_account;
begin
    select * into account from channels_account where id = start.account_id;
    if found then -- else it goes with its account, which keeps the count
        perform count_usage(coalesce(start.counted_for, first_payer(account)), account.provider, start.created_at,
                            0, case when tg_op = 'INSERT' then 1 else -1 end, 0);
    end if;
    return null;
end $$;

create or replace function keep_usage_of_deleted() returns trigger language plpgsql as $$
begin
    perform keep_usage(coalesce(d.counted_for, first_payer(a)), a.provider, month, sent, here, rcvd)
    from (select account_id, counted_for, usage_month(coalesce(counted_at, created_at)) as month,
              count(*) filter (where direction = 'out') as sent,
              count(*) filter (where direction = 'out' and client_id is not null) as here,
              count(*) filter (where direction = 'in') as rcvd
          from deleted where not is_event and not is_history and status <> 'failed' group by 1, 2, 3) d
    join channels_account a on a.id = d.account_id;
    return null;
end $$;

create or replace function keep_usage_of_account() returns trigger language plpgsql as $$
begin
    perform keep_usage(coalesce(counted_for, first_payer(old)), old.provider, month, sent, here, rcvd)
    from (select counted_for, month, sum(sent) as sent, sum(here) as here, sum(rcvd) as rcvd
          from (select counted_for, usage_month(coalesce(counted_at, created_at)) as month,
                    (direction = 'out')::int as sent, (direction = 'out' and client_id is not null)::int as here,
                    (direction = 'in')::int as rcvd
                from channels_message
                where account_id = old.id and not is_event and not is_history and status <> 'failed'
                union all
                select counted_for, usage_month(created_at), 0, 1, 0 from channels_chat_start
                where account_id = old.id) each
          group by counted_for, month) months;
    return old;
end $$;
