drop index channels_account_waiting;
