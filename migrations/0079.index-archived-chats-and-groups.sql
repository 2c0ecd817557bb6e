-- Their lists read all chats of the account, however few of them there are.
create index channels_chat_archived on channels_chat
    (account_id, coalesce(last_message_at, created_at) desc, id desc) where archived;
create index channels_chat_groups on channels_chat
    (account_id, coalesce(last_message_at, created_at) desc, id desc) where kind = 'group' and not archived;
