"""Pages of a chat's messages that do not begin at the newest: around a message, and from there to newer ones."""

from typing import NamedTuple

from aiopg import Cursor

from server.store.chats.sight import sees
from server.store.db.json_rows import ROW_JSON, row_of
from server.store.db.keyset_pages import Key, Window, page_of
from server.store.db.prepared import Prepared
from server.store.messages.messages import MESSAGE_FIELDS, list_messages

IS_OPEN = f"""
    exists (select from channels_chat c
            join channels_account a on a.id = c.account_id and a.provider = %(provider)s
            join channels_account_member u on u.account_id = a.id and u.user_id = %(user_id)s
            where c.id = %(chat_id)s and c.account_id = %(account_id)s and {sees()})"""


class Chat(NamedTuple):
    """A chat and the user who reads it."""

    user_id: int
    provider: str
    account_id: int
    chat_id: int


LIST_NEWER = Prepared(
    "list_newer_messages",
    f"""
    select {ROW_JSON}, rfc3339(m.sent_at), m.id
    from channels_message m {row_of(MESSAGE_FIELDS)}
    where m.chat_id = %(chat_id)s and (m.sent_at, m.id) > (%(after_time)s::timestamptz, %(after_id)s) and {IS_OPEN}
    order by m.sent_at, m.id
    limit %(limit)s + 1""",
)


async def list_newer(cursor: Cursor, chat: Chat, position: Key, limit: int) -> Window:
    """The messages after a position. Empty also when the chat is not the user's."""
    values = chat._asdict() | {"after_time": position[0], "after_id": position[1], "limit": limit}
    await LIST_NEWER.execute(cursor, values)
    rows = await cursor.fetchall()
    page = page_of(rows, limit)
    return Window(page.items[::-1], page.first_key, page.next_key)


async def _find_position(cursor: Cursor, chat: Chat, message_id: int) -> Key | None:
    await cursor.execute(
        f"""select rfc3339(m.sent_at), m.id from channels_message m
            where m.id = %(message_id)s and m.chat_id = %(chat_id)s and {IS_OPEN}""",
        chat._asdict() | {"message_id": message_id},
    )
    row = await cursor.fetchone()
    return row and (row[0], row[1])


async def list_around(cursor: Cursor, chat: Chat, message_id: int, limit: int) -> Window | None:
    """A message with as many older as newer ones around it; None if it is not in a chat of the user's."""
    position = await _find_position(cursor, chat, message_id)
    if position is None:
        return None
    newer = await list_newer(cursor, chat, position, limit // 2) if limit > 1 else Window([], None, position)
    # A position one id further includes the message itself.
    older = await list_messages(cursor, *chat, limit=(limit + 1) // 2, after=(position[0], position[1] + 1))
    return Window(newer.items + older.items, older.next_key, newer.newer)
