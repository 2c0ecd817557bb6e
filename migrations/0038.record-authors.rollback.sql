alter table channels_chat_start drop column author_kind, drop column author_id;
alter table channels_message drop constraint channels_message_author, drop column author_kind, drop column author_id;
