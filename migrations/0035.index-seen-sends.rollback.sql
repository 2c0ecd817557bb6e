drop index channels_message_seen;
