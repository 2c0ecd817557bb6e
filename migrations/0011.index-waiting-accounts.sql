-- Numbers whose code was never scanned, to be looked through every minute.
create index channels_account_waiting on channels_account (updated_at)
    where status = 'connecting' and connected_at is null;
