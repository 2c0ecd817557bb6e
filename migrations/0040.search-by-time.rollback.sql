alter table channels_message_words drop column account_id, drop column chat_id;
update channels_search_state set seq = 0;
