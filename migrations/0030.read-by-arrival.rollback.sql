alter table channels_chat add column read_until timestamptz(3) not null default '-infinity';
-- Read up to just before the oldest unread message, or to the newest of all.
update channels_chat c set read_until = coalesce(
    (select min(u.sent_at) - interval '1 millisecond' from channels_message u
     where u.chat_id = c.id and u.direction = 'in' and not u.is_history and u.deleted_at is null and not u.is_event
         and u.inserted_seq > c.read_seq),
    (select max(m.sent_at) from channels_message m where m.chat_id = c.id), '-infinity');
drop index channels_chat_unread;
drop index channels_message_unread;
alter table channels_message drop column seen_seq;
alter table channels_chat drop column marked_unread, drop column read_seq;
