-- A page of events changes the days of many chats: their messages are added to the volume once for each statement, where
-- each row wrote two rows of it.
drop trigger report_chat_day_count on report_chat_day;

create function report_volume_spans(day date) returns table (span text, first_day date) language sql immutable as $$
    values ('day', day), ('month', day + 1 - extract(day from day)::integer)
$$;

create or replace function count_report_chat_day() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into report_volume as v (account_id, span, first_day, user_id, received, sent)
        select d.account_id, s.span, s.first_day, d.user_id, sum(d.received), sum(d.sent)
        from after_change d, report_volume_spans(d.day) s group by 1, 2, 3, 4
        on conflict (account_id, span, first_day, user_id)
            do update set received = v.received + excluded.received, sent = v.sent + excluded.sent;
        return null;
    end if;
    if tg_op = 'UPDATE' then
        update report_volume v set received = v.received + x.received, sent = v.sent + x.sent
        from (
            select d.account_id, s.span, s.first_day, d.user_id, sum(d.received) as received, sum(d.sent) as sent
            from after_change d, report_volume_spans(d.day) s group by 1, 2, 3, 4) x
        where v.account_id = x.account_id and v.span = x.span and v.first_day = x.first_day and v.user_id = x.user_id;
    end if;
    update report_volume v set received = v.received - x.received, sent = v.sent - x.sent
    from (
        select d.account_id, s.span, s.first_day, d.user_id, sum(d.received) as received, sum(d.sent) as sent
        from before_change d, report_volume_spans(d.day) s group by 1, 2, 3, 4) x
    where v.account_id = x.account_id and v.span = x.span and v.first_day = x.first_day and v.user_id = x.user_id;
    return null;
end $$;

create trigger report_chat_day_added after insert on report_chat_day
    referencing new table as after_change for each statement execute function count_report_chat_day();
create trigger report_chat_day_changed after update on report_chat_day
    referencing old table as before_change new table as after_change
    for each statement execute function count_report_chat_day();
create trigger report_chat_day_removed after delete on report_chat_day
    referencing old table as before_change for each statement execute function count_report_chat_day();
