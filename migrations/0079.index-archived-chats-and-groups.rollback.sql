drop index channels_chat_groups;
drop index channels_chat_archived;
