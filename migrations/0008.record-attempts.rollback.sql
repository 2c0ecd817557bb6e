drop index channels_message_looks;
drop index channels_message_unseen;
alter table channels_message drop column seen_at, drop column looks, drop column next_look_at;
drop table channels_send_attempt;
