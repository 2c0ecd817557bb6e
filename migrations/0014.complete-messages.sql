-- Replies that arrive before the message they quote; clocks that are ahead; files of deleted messages.
create index channels_message_answers on channels_message (account_id, (quoted ->> 'provider_msg_id'))
    where quoted is not null;

-- The time UniPile reported, if it was in the future; sent_at, which orders everything, is then the time of arrival.
alter table channels_message add column claimed_at timestamptz(3);

-- When a deleted message released the blob; it is deleted soon unless another message refers to it.
alter table channels_media_blob add column released_at timestamptz(3);
create index channels_media_blob_released on channels_media_blob (released_at) where released_at is not null;
