-- Whether an archived chat stays archived when its contact writes.

alter table team_settings add column keep_archived boolean not null default true;
