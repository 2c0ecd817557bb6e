-- The audit log is read by action and by user, has the User-Agent, and has a retention: only that job, in a transaction
-- with the setting, deletes old lines.
alter table audit_log add user_agent text;
create index audit_log_action on audit_log (action, at desc, id desc);
create index audit_log_actor on audit_log (actor_id, at desc, id desc);

create or replace function refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and current_setting('confab.audit_retention', true) = 'on' then
        return null;
    end if;
    raise exception 'the audit log only grows' using errcode = 'restrict_violation';
end $$;
