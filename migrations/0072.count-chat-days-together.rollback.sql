drop trigger report_chat_day_added on report_chat_day;
drop trigger report_chat_day_changed on report_chat_day;
drop trigger report_chat_day_removed on report_chat_day;
drop function report_volume_spans(date);
create or replace function count_report_chat_day() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        update report_volume v set received = v.received - old.received, sent = v.sent - old.sent
        where v.account_id = old.account_id and v.user_id = old.user_id and (v.span, v.first_day) in (
            ('day', old.day), ('month', old.day + 1 - extract(day from old.day)::integer));
    end if;
    if tg_op <> 'DELETE' then
        insert into report_volume as v (account_id, span, first_day, user_id, received, sent)
        select new.account_id, s.span, s.first_day, new.user_id, new.received, new.sent
        from (values ('day', new.day), ('month', new.day + 1 - extract(day from new.day)::integer)) s (span, first_day)
        on conflict (account_id, span, first_day, user_id)
            do update set received = v.received + excluded.received, sent = v.sent + excluded.sent;
    end if;
    return null;
end $$;
create trigger report_chat_day_count after insert or update or delete on report_chat_day
    for each row execute function count_report_chat_day();
