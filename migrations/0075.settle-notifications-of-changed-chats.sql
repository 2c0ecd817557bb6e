-- Every two seconds all unread notifications were compared with their chats. Now only those of chats that got an owner,
-- or whose target's clock ended, which are listed here for a few seconds.
create table notification_settle (
    chat_id bigint primary key,
    at      timestamptz not null default clock_timestamp()
);

create function settle_notifications() returns trigger language plpgsql as $$
begin
    insert into notification_settle (chat_id) values (new.id)
    on conflict (chat_id) do update set at = clock_timestamp();
    return null;
end $$;

create trigger settle_taken after update of assignee_id on channels_chat for each row
    when (old.assignee_id is null and new.assignee_id is not null) execute function settle_notifications();
create trigger settle_target after update of target_kind, target_began_at on channels_chat for each row
    when (old.target_kind is not null
        and (old.target_kind, old.target_began_at) is distinct from (new.target_kind, new.target_began_at))
    execute function settle_notifications();

insert into notification_settle (chat_id)
select distinct chat_id from notification where read_at is null and kind in ('unassigned', 'target');
