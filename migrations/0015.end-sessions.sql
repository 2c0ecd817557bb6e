-- Changes of access. Each process polls for sessions that ended and for users whose memberships changed. A trigger sets
-- the time, so that no change of members can forget it.
create index sessions_revoked on sessions (revoked_at) where revoked_at is not null;
create index sessions_expiry on sessions (expires_at);

alter table users add column accounts_changed_at timestamptz(3);
create index users_accounts_changed on users (accounts_changed_at) where accounts_changed_at is not null;

create function stamp_accounts_changed() returns trigger language plpgsql as $$
begin
    update users set accounts_changed_at = clock_timestamp() where id in (old.user_id, new.user_id);
    return null;
end $$;
create trigger channels_account_member_stamp after insert or update or delete on channels_account_member
    for each row execute function stamp_accounts_changed();
