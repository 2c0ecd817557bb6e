-- Without the criterion or the order, such views would be others.
delete from saved_view where query ->> 'target' is not null or query ->> 'sort' = 'due';
update saved_view set query = query - 'target';
delete from notification where kind = 'target';
alter table notification drop constraint notification_target_check, drop column target_kind, drop column target_began_at,
    drop column target_due_at;
do $$
begin
    execute (
        select format('alter table notification drop constraint %I, add constraint %I check (%s)',
            conname, conname, replace(pg_get_expr(conbin, conrelid), ' OR (kind = ''target''::text)', ''))
        from pg_constraint where conrelid = 'notification'::regclass and conname = 'notification_kind_check');
end $$;
drop table target_alert;
drop index channels_chat_target_alert, channels_chat_target_due;
alter table channels_chat drop column target_kind, drop column target_began_at, drop column target_at_risk_at,
    drop column target_due_at, drop column target_alert_at;
delete from feed_cursor where consumer = 'targets';
drop table target_recount, target_account, target;
