drop table channels_receipt;
drop table channels_message;
drop table channels_chat;
drop table channels_contact;
drop table channels_account_member;
drop table channels_account;
