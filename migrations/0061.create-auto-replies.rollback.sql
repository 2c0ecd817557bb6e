drop table account_auto_reply;
delete from feed_cursor where consumer = 'auto_replies';
