-- Pinned chats are read beside the list, however old they are; a handful per account.
create index channels_chat_pinned on channels_chat (account_id, (coalesce(last_message_at, created_at)) desc, id desc)
    where pinned;
