-- Whether UniPile was ever seen to count what is unread in this account: only then does its 0 mean that all was read.
alter table channels_account add tells_unread boolean not null default false;
