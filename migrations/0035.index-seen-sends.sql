-- Replies that are being sent and say up to where their writer had read: the unread count of their chat asks for the
-- furthest of them with every send. Without this index it read all waiting sends of the chat, under the account's lock.
create index channels_message_seen on channels_message (chat_id, seen_seq)
    where status = 'sending' and seen_seq is not null;
