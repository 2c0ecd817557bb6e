alter table channels_message drop column scheduled_at;
drop table channels_new_chat;
drop table channels_pace;
