create or replace function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log only grows' using errcode = 'restrict_violation';
end $$;
drop index audit_log_actor;
drop index audit_log_action;
alter table audit_log drop user_agent;
