drop index channels_chat_pinned;
