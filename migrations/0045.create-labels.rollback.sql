drop trigger channels_chat_archived on channels_chat;
drop table channels_chat_label, channels_label_count, label;
drop function archive_chat_labels();
drop function count_chat_label();
alter table channels_chat drop column label_ids;
