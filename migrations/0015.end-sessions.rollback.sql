drop trigger channels_account_member_stamp on channels_account_member;
drop function stamp_accounts_changed();
alter table users drop column accounts_changed_at;
drop index sessions_expiry;
drop index sessions_revoked;
