drop table account_hours;
drop table feed_cursor;
