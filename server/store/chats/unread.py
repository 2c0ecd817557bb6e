"""Unread counts: moves read marks, recounts a chat, lists what is unread."""

from collections.abc import Collection, Sequence

import orjson
from aiopg import Cursor

from server.store.chats.chats import CHANGED_CHAT, CHAT_JOINS, ChangedChat
from server.store.chats.sight import sees
from server.store.chats.unread_rules import SETTLING, count_unread
from server.store.db.seq import take_seqs_for
from server.store.messages.message_rows import MessageKey

# Read marks only move forward, and only rows that change visibly take a seq. A mark that does not change the count is
# not written.
READ_UP_TO = f"""
    with mark as (
        select m.chat_id, max(m.inserted_seq) as read_seq
        from jsonb_to_recordset(%(rows)s::jsonb) as x (account_id bigint, provider_msg_id text)
        join channels_message m using (account_id, provider_msg_id)
        group by m.chat_id
    ), moved as (
        select c.id, c.account_id, mark.read_seq, row_number() over (partition by c.account_id order by c.id) as n
        from mark join channels_chat c on c.id = mark.chat_id
        where c.unread_count > 0 and mark.read_seq > c.read_seq and c.marked_at < now() - {SETTLING}
    ), {take_seqs_for("moved")}, changed as (
        update channels_chat c set read_seq = moved.read_seq, marked_unread = false,
            unread_count = {count_unread("moved.read_seq", "false")}, seq = seqs.base + moved.n, updated_at = now()
        from moved join seqs on seqs.account_id = moved.account_id
        where c.id = moved.id
        returning c.*
    )
    select {CHANGED_CHAT} from changed c {CHAT_JOINS} order by c.account_id, c.seq"""


async def read_up_to(cursor: Cursor, keys: Sequence[MessageKey]) -> list[ChangedChat]:
    """Mark chats as read up to these messages, which were read on the phone, and return the chats that changed, by
    account and seq. Unknown messages are ignored, and chats whose flags a user has just set here. The accounts must be
    locked.
    """
    await cursor.execute(READ_UP_TO, {"rows": orjson.dumps(keys).decode()})
    return [ChangedChat(*row) for row in await cursor.fetchall()]


RECOUNT = f"""
    with counted as (
        select c.id, c.account_id, {count_unread()} as unread, c.unread_count as was
        from channels_chat c where c.id = %(chat_id)s
    ), {take_seqs_for("counted", where="unread <> was")}, changed as (
        update channels_chat c set unread_count = counted.unread, seq = seqs.base + 1, updated_at = now()
        from counted, seqs where c.id = counted.id
        returning c.*
    )
    select {CHANGED_CHAT} from changed c {CHAT_JOINS}"""


async def recount(cursor: Cursor, chat_id: int) -> ChangedChat | None:
    """Recompute the unread count of a chat; None if it was right. The account must be locked."""
    await cursor.execute(RECOUNT, {"chat_id": chat_id})
    row = await cursor.fetchone()
    return row and ChangedChat(*row)


# `seq`: the counts include the account's changes up to it; a chat that changed later has a higher one.
LIST_UNREAD = f"""
    select row_to_json((select x from (select a.id as account_id, a.seq,
        coalesce(sum(c.unread_count), 0) as messages,
        coalesce(sum(c.unread_count) filter (where c.archived), 0) as archived,
        coalesce(json_agg(json_build_object(
            'id', c.id, 'unread_count', c.unread_count, 'archived', c.archived, 'kind', c.kind))
            filter (where c.id is not null), '[]') as chats) x))::text
    from channels_account_member u
    join channels_account a on a.id = u.account_id and a.provider = %(provider)s
    left join channels_chat c on c.account_id = a.id and c.unread_count > 0 and {sees()}
    where u.user_id = %(user_id)s and (%(only)s::bigint[] is null or a.id = any(%(only)s))
    group by a.id order by a.id"""


async def list_unread(
    cursor: Cursor, user_id: int, provider: str, only: Collection[int] | None = None
) -> list[str]:
    """The unread counts of each of the user's accounts with their chats, as JSON, all from one snapshot."""
    values = {"user_id": user_id, "provider": provider, "only": None if only is None else list(only)}
    await cursor.execute(LIST_UNREAD, values)
    return [str(row[0]) for row in await cursor.fetchall()]
