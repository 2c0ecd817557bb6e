create or replace function keep_the_payer() returns trigger language plpgsql as $$
begin
    if exists (select from channels_account where id = old.account_id and user_id = old.user_id) then
        raise exception 'the number stands in this person''s name' using errcode = 'restrict_violation';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end $$;
drop table channels_account_erasure;
