drop index channels_media_blob_released;
alter table channels_media_blob drop column released_at;
alter table channels_message drop column claimed_at;
drop index channels_message_answers;
