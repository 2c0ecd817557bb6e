-- The search index can be read from the newest message on, in an account or a chat.
alter table channels_message_words add column account_id bigint, add column chat_id bigint;
update channels_message_words w set account_id = m.account_id, chat_id = m.chat_id
from channels_message m where m.id = w.message_id;
alter table channels_message_words alter column account_id set not null, alter column chat_id set not null;
-- Underscores separate words now: the index is written again in the background.
update channels_search_state set seq = 0;
create index channels_message_words_account on channels_message_words (account_id, sent_at desc, message_id desc);
create index channels_message_words_chat on channels_message_words (chat_id, sent_at desc, message_id desc);
