drop table channels_survey;
drop function recount_survey();
drop function count_survey;
drop table channels_survey_day, account_survey;
alter table channels_message drop column is_rating;
-- Older versions know neither the lines about ratings nor who reads up to these cursors.
delete from channels_activity where kind = 'rated';
delete from feed_cursor where consumer = 'surveys';
