drop index channels_chat_count_assignee;
drop index channels_chat_queued;
drop table channels_assignment_turn;
alter table users drop column chat_limit;
alter table user_team drop column assignment_mode;
alter table channels_account drop column chat_limit, drop column assignment_mode;
