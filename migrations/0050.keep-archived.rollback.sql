alter table team_settings drop column keep_archived;
