drop index user_link_mail_due;
alter table user_link drop column nonce, drop column mail_due_at, drop column mail_tries, drop column mailed_at;
