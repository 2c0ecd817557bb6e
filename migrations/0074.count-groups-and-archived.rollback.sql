drop trigger recount_filter_deleted on channels_chat;
drop trigger recount_filter_updated on channels_chat;
drop trigger recount_filter_inserted on channels_chat;
drop function recount_filter();
drop table channels_filter_count;
drop function counting_filter(boolean, text);
