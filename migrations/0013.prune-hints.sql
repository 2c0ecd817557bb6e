-- Early events of messages that never arrived are pruned by age.
create index channels_receipt_created on channels_receipt (created_at);
create index channels_amendment_told on channels_amendment (told_at);
