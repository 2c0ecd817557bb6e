-- Account states: the next step beside the status (server/rules/account_states.py decides both), and the restarts.
alter table channels_account
    add column next_step       text not null default 'scan'
                               check (next_step in ('none', 'wait', 'scan', 'reconnect', 'connect', 'contact_support')),
    add column status_since    timestamptz(3) not null default now(),
    add column observations    bigint not null default 0,       -- an observation from before the last is outdated
    add column attempted_at    timestamptz(3) not null default now(), -- when a pairing code was last shown
    add column looked_at       timestamptz(3) not null default now(), -- when UniPile was last checked
    add column restarts        smallint not null default 0 check (restarts >= 0),
    add column last_restart_at timestamptz(3);

update channels_account set
    attempted_at = updated_at,
    next_step = case
        when status = 'connected' then 'none'
        when status = 'connecting' and (phone is null or status_reason is null) then 'scan'
        when status in ('connecting', 'degraded') then 'wait'
        when status = 'needs_action' and status_reason = 'PERMISSIONS' then 'contact_support'
        when status = 'needs_action' then 'reconnect'
        else 'connect' end;

drop index channels_account_waiting;
create index channels_account_waiting on channels_account (attempted_at) where status = 'connecting' and next_step = 'scan';
create index channels_account_degraded on channels_account (id) where status = 'degraded';
create index channels_account_unsettled on channels_account (looked_at)
    where status in ('connecting', 'degraded', 'needs_action');
create index channels_account_restarted on channels_account (status_since) where restarts > 0;
