drop trigger keep_usage on channels_account;
drop trigger keep_usage on channels_message;
drop trigger count_chat_start on channels_chat_start;
drop trigger recount on channels_message;
drop function keep_usage_of_account();
drop function keep_usage_of_deleted();
drop function keep_usage(bigint, text, char, bigint, bigint, bigint);
drop function count_chat_start();
drop function recount_message();
drop function count_usage(bigint, text, timestamptz, bigint, bigint, bigint);
drop function usage_month(timestamptz);
drop table billing_event;
drop table channels_usage_gone;
drop table channels_usage_day;
alter table channels_usage
    drop column pushed_at, drop column warned_limit, drop column warned_level, drop column sent_here;
drop index channels_message_stored;
alter table channels_message drop column counted_at;
-- One grant is left of each user and provider: the one that holds the longest.
delete from channels_entitlement e using channels_entitlement better
where better.user_id = e.user_id and better.provider = e.provider and better.id <> e.id
    and (better.is_active, coalesce(better.expires_at, 'infinity'), better.id)
        > (e.is_active, coalesce(e.expires_at, 'infinity'), e.id);
alter table channels_entitlement
    drop constraint channels_entitlement_user_id_provider_source_key,
    add constraint channels_entitlement_user_id_provider_key unique (user_id, provider),
    drop column told_at;
