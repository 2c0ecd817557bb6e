drop table channels_erasure_key;
