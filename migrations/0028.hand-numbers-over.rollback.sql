drop trigger recount on channels_message;
create or replace function recount_message() returns trigger language plpgsql as $$
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
create or replace function count_chat_start() returns trigger language plpgsql as $$
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
create or replace function keep_usage_of_deleted() returns trigger language plpgsql as $$
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
create or replace function keep_usage_of_account() returns trigger language plpgsql as $$
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
create trigger recount after update of status, counted_at, client_id on channels_message for each row
    when (old.direction = 'out' and not old.is_event and not old.is_history and (
          (old.status = 'failed') <> (new.status = 'failed') or old.counted_at is distinct from new.counted_at
          or (old.client_id is null) <> (new.client_id is null)))
    execute function recount_message();
drop trigger count_for on channels_message;
drop function count_for_payer();
drop trigger note_payer on channels_account;
drop function note_payer();
drop function counted_for_now(channels_account);
drop function first_payer(channels_account);
drop table channels_account_payer;
alter table channels_chat_start drop column counted_for;
alter table channels_message drop column counted_for;
drop index channels_account_first_payer;
alter table channels_account drop column first_payer_id;
