-- Answers that were here before what they answer; clocks that are ahead; files of deleted messages.
create index channels_message_answers on channels_message (account_id, (quoted ->> 'provider_msg_id'))
    where quoted is not null;

-- When UniPile says it was sent, where that was still to come: sent_at, by which all is ordered, is then when it came in.
alter table channels_message add column claimed_at timestamptz(3);

-- Since when a deleted message no longer refers to these bytes: unless another does, they go soon.
alter table channels_media_blob add column released_at timestamptz(3);
create index channels_media_blob_released on channels_media_blob (released_at) where released_at is not null;
