delete from notification where kind = 'rule';
do $$
begin
    execute (
        select format('alter table notification drop constraint %I, add constraint %I check (%s)',
            conname, conname, replace(pg_get_expr(conbin, conrelid), ' OR (kind = ''rule''::text)', ''))
        from pg_constraint where conrelid = 'notification'::regclass and conname = 'notification_kind_check');
end $$;
drop index channels_chat_unassigned;
drop trigger note_unassigned on channels_chat;
drop function note_unassigned();
alter table channels_chat drop column unassigned_since;
drop table rule_run;
drop table rule_account;
drop table rule;
