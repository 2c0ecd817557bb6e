alter table channels_account drop column read_receipts;
drop table channels_chat_start;
drop table channels_amendment;
alter table channels_message drop column confirmed_at, drop column is_forwarded;
