drop table sessions;
drop table users;
drop function rfc3339(timestamptz);
