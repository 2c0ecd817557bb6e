-- Whether UniPile has ever counted unread messages of this account: only then does its 0 mean that all are read.
alter table channels_account add tells_unread boolean not null default false;
