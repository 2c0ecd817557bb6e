drop table canned_reply_file, canned_reply;
