"""Marks notifications as read whose task is done: a user has taken the chat, the clock of its target has ended."""

from aiopg import Cursor

from server.store.db.prepared import Prepared
from server.store.people.notifications import mark_read_where

# A statement that notifies may have begun before the chat was taken, and ends within this time.
SETTLING_SECONDS = 10
# Triggers list the chats that got an owner, or whose target's clock ended (migration 0075).
SETTLE = f"""
    with changed as materialized (select chat_id, at from notification_settle), removed as (
        delete from notification_settle s using changed
        where s.chat_id = changed.chat_id and s.at = changed.at
            and s.at < clock_timestamp() - make_interval(secs => %(seconds)s::double precision)
    ), {
    mark_read_where('''t.chat_id = any(array(select chat_id from changed))
            and (t.kind = 'unassigned'
                and exists (select from channels_chat c where c.id = t.chat_id and c.assignee_id is not null)
            or t.kind = 'target' and not exists (
                select from channels_chat c where c.id = t.chat_id
                    and (c.target_kind, c.target_began_at) = (t.target_kind, t.target_began_at)))''')
}"""
SETTLE_TAKEN = Prepared("settle_taken", SETTLE)


async def settle_taken(cursor: Cursor) -> None:
    """Mark notifications of unassigned chats as read once a user has taken them, of targets once the clock ends."""
    await SETTLE_TAKEN.execute(cursor, {"seconds": SETTLING_SECONDS})
