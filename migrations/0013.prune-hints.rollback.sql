drop index channels_amendment_told;
drop index channels_receipt_created;
