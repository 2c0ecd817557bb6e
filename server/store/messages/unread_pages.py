"""Where reading goes on in a chat: at its first unread message, and at the late ones above it."""

from typing import NamedTuple

from aiopg import Cursor

from server.store.chats.unread_rules import is_countable, is_listed
from server.store.db.keyset_pages import Key, Window
from server.store.messages.message_pages import IS_OPEN, Chat, list_around
from server.store.messages.messages import list_messages

LATE_LIMIT = 100
IS_UNREAD = f"({is_countable('m')} and m.inserted_seq > c.read_seq)"
# A message is late if it is sorted before one that was there when it came. `before` is the first to arrive of what is
# sorted after it and is not unread itself.
FIND_UNREAD = f"""
    with c as (
        select c.id, c.read_seq from channels_chat c
        where c.id = %(chat_id)s and c.unread_count > 0 and {IS_OPEN}
    ), listed as (
        select m.id, m.sent_at, m.inserted_seq, {IS_UNREAD} as is_unread,
            min(m.inserted_seq) filter (where not {IS_UNREAD}) over (order by m.sent_at desc, m.id desc) as before
        from c join channels_message m on m.chat_id = c.id
        where {is_listed("m")} and m.sent_at >= (
            select min(m.sent_at) from c join channels_message m on m.chat_id = c.id where {IS_UNREAD})
    ), first as (
        select sent_at, id from listed where is_unread and (before > inserted_seq) is not false
        order by sent_at, id limit 1
    ), late as (
        select sent_at, id, inserted_seq from listed where is_unread and before < inserted_seq
        order by sent_at desc, id desc limit {LATE_LIMIT}
    )
    select (select rfc3339(sent_at) from first), (select id from first),
        (select coalesce(json_agg(json_build_object('id', id, 'arrived_seq', inserted_seq)
            order by sent_at desc, id desc), '[]')::text from late)"""


class UnreadWindow(NamedTuple):
    """`late` are the late messages, as JSON."""

    window: Window
    late: str


async def list_at_unread(cursor: Cursor, chat: Chat, limit: int) -> UnreadWindow:
    """The newest messages, or those around the first unread one if it is not among them. Empty also when the chat is
    not the user's.
    """
    await cursor.execute(FIND_UNREAD, chat._asdict())
    moment, message_id, late = await cursor.fetchone()
    newest = await list_messages(cursor, *chat, limit=limit, after=None)
    window = Window(newest.items, newest.next_key, None)
    if message_id is not None and _is_before(newest.next_key, (moment, message_id)):
        window = await list_around(cursor, chat, message_id, limit) or window
    return UnreadWindow(window, late)


def _is_before(end: Key | None, key: Key) -> bool:
    """Whether a position comes before the end of the page; both times have the same form."""
    return end is not None and key < end
