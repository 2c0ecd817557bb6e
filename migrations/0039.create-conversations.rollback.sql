drop table channels_activity;
alter table channels_chat
    drop column conversation_id, drop column status, drop column waiting_since, drop column snoozed_until,
    drop column wakes_on_message, drop column assignee_id, drop column team_id, drop column state_seq;
drop table channels_conversation;
alter table users drop column away_since;
drop table team_settings, user_team_member, user_team;
