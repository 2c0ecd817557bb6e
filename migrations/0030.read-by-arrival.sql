-- A chat is read up to a position in the order of arrival: a message that arrives late is unread, whatever its time.
alter table channels_chat
    add column read_seq      bigint not null default 0,       -- incoming messages with a higher inserted_seq are unread
    add column marked_unread boolean not null default false;  -- set by a user, until a user reads on
-- Up to where the writer of a message had read the chat: counts as read while it is being sent, and stays so unless it
-- fails. Null: sending it does not affect the read mark.
alter table channels_message add column seen_seq bigint;

-- The messages that count as unread beyond the read mark; missed calls (8, 9) are the only system events among them.
create index channels_message_unread on channels_message (chat_id, inserted_seq)
    where direction = 'in' and not is_history and deleted_at is null and (not is_event or event_type in (8, 9));
-- The chats with unread messages: their count and list.
create index channels_chat_unread on channels_chat (account_id, (coalesce(last_message_at, created_at)) desc, id desc)
    where unread_count > 0;

-- As many messages as were unread stay unread: the newest by arrival. Where fewer count, the chat was marked unread.
update channels_chat c set read_seq = a.seq from channels_account a where a.id = c.account_id and c.unread_count = 0;
update channels_chat c set
    read_seq = coalesce((
        select u.inserted_seq - 1 from channels_message u
        where u.chat_id = c.id and u.direction = 'in' and not u.is_history and u.deleted_at is null
            and (not u.is_event or u.event_type in (8, 9))
        order by u.inserted_seq desc offset c.unread_count - 1 limit 1), 0)
where c.unread_count > 0;
update channels_chat c set
    unread_count = greatest(1, counted.n), marked_unread = counted.n = 0,
    read_seq = case when counted.n = 0 then counted.head else 0 end
from (
    select t.id, a.seq as head, (
        select count(*) from channels_message u
        where u.chat_id = t.id and u.direction = 'in' and not u.is_history and u.deleted_at is null
            and (not u.is_event or u.event_type in (8, 9))) as n
    from channels_chat t join channels_account a on a.id = t.account_id
    where t.unread_count > 0 and t.read_seq = 0) counted
where c.id = counted.id;

alter table channels_chat drop column read_until;
