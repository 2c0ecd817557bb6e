drop index channels_account_restarted;
drop index channels_account_unsettled;
drop index channels_account_degraded;
drop index channels_account_waiting;
create index channels_account_waiting on channels_account (updated_at)
    where status = 'connecting' and connected_at is null;
alter table channels_account
    drop column next_step, drop column status_since, drop column observations, drop column attempted_at,
    drop column looked_at, drop column restarts, drop column last_restart_at;
