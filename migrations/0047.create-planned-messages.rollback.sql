drop table channels_planned_message;
