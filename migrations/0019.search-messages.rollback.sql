drop function search_fold(text);
drop table channels_search_state;
drop table channels_message_words;
