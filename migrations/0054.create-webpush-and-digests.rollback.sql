alter table user_preferences drop column language, drop column previews;
drop table notification_digest, webpush_delivery;
alter table notification drop column by_mail, drop column push_due_at;
drop trigger sessions_webpush_device on sessions;
drop table webpush_device;
drop function remove_webpush_device;
