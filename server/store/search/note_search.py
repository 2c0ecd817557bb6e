"""Finds notes by their words: few, so they are read by the index of words and sorted."""

from aiopg import Cursor

from server.store.chats.chats import CHAT_JOINS, TITLE
from server.store.chats.sight import sees
from server.store.conversations.notes import NOTE_JSON
from server.store.search.message_search import MessageSearch
from server.store.search.search import NAMED_AT_MOST

# Of a chat, or of all chats; the newest first.
FIND_NOTES = f"""
    with found as (
        select n.* from channels_note n
        join channels_account_member u on u.account_id = n.account_id and u.user_id = %(user_id)s
        join channels_chat c on c.id = n.chat_id
        where {sees()} and n.words @@ %(query)s::tsquery and n.deleted_at is null
            and (%(since)s::timestamptz is null or n.created_at >= %(since)s)
            and (%(until)s::timestamptz is null or n.created_at < %(until)s)
        order by n.created_at desc, n.id desc limit %(limit)s)
    select ({NOTE_JSON}::jsonb || jsonb_build_object('chat_title', {TITLE}, 'chat_kind', c.kind,
            'chat_avatar', contact.avatar,
            'message_id', (select m.id from channels_message m
                           where m.chat_id = n.chat_id and m.sent_at <= n.created_at and not m.is_event
                           order by m.sent_at desc, m.id desc limit 1)))::text
    from found n join channels_chat c on c.id = n.chat_id {CHAT_JOINS}
    order by n.created_at desc, n.id desc"""


async def find_notes(cursor: Cursor, user_id: int, wanted: MessageSearch) -> list[str]:
    """Notes of the user's accounts with these words, as JSON, newest first."""
    query = wanted.tsquery()
    if wanted.text is None or not wanted.can_match():
        return []
    values = {"since": wanted.since, "until": wanted.until, "limit": NAMED_AT_MOST}
    await cursor.execute(FIND_NOTES, {"user_id": user_id, "query": query, **values})
    return [row[0] for row in await cursor.fetchall()]
