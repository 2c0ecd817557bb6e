alter table channels_account drop tells_unread;
