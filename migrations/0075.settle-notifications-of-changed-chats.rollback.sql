drop trigger settle_target on channels_chat;
drop trigger settle_taken on channels_chat;
drop function settle_notifications();
drop table notification_settle;
