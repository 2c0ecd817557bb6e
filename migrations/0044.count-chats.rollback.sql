drop trigger recount_deleted on channels_chat;
drop trigger recount_updated on channels_chat;
drop trigger recount_inserted on channels_chat;
drop function recount_chat();
drop table channels_chat_count;
