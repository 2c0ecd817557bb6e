alter table user_feed drop column read_up_to, drop column read_seq;
drop table notification, notification_due;
