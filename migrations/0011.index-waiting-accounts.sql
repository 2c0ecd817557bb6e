-- Accounts whose pairing code was never scanned, checked every minute.
create index channels_account_waiting on channels_account (updated_at)
    where status = 'connecting' and connected_at is null;
