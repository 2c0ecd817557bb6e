"""Tombstones: deletes rows with their files and records the deletion with a seq, so that readers drop them too."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from aiopg import Cursor

from server.store.chats.chats import CHANGED_CHAT, CHAT_JOINS, ChangedChat
from server.store.chats.flags import message_preview
from server.store.chats.sight import audience, audience_of
from server.store.chats.unread_rules import count_unread, is_listed
from server.store.db.seq import take_seqs
from server.store.messages.messages import CHANGED, ChangedMessage

# As it is pushed: the reader drops the row; no content is in it.
TOMBSTONE_JSON = """
    row_to_json((select x from (select g.id, g.account_id, g.chat_id, g.seq, rfc3339(g.before) as before)
        x))::text"""


# The chat's present audience; what is stored is that of a chat which is deleted.
TOMBSTONE_AUDIENCE = f"coalesce({audience_of('g.chat_id')}, g.audience)"
TOMBSTONE = f"g.event, g.account_id, g.chat_id, g.seq, {TOMBSTONE_JSON}, {TOMBSTONE_AUDIENCE}"


class Tombstone(NamedTuple):
    """A deleted chat, message or contact, or (chat:trimmed) the deleted past of a chat."""

    event: str
    account_id: int
    chat_id: int | None
    seq: int
    json: str
    audience: str


class NewTombstone(NamedTuple):
    """What was deleted; `audience` of a chat, whose row is deleted."""

    event: str
    id: int
    chat_id: int | None
    audience: str | None = None


async def insert_tombstones(
    cursor: Cursor, account_id: int, deleted: Sequence[NewTombstone]
) -> list[Tombstone]:
    """Insert tombstones, each with a seq, and return them by seq. The account must be locked."""
    if not deleted:
        return []
    first = await take_seqs(cursor, account_id, len(deleted))
    rows = [
        {"account_id": account_id, "seq": first + n, **tombstone._asdict()}
        for n, tombstone in enumerate(deleted)
    ]
    await cursor.execute(
        f"""with g as (
                insert into channels_gone (account_id, seq, event, id, chat_id, audience)
                select account_id, seq, event, id, chat_id,
                    coalesce(x.audience, {audience_of("x.chat_id")}, '') from jsonb_to_recordset(%s::jsonb)
                    as x (account_id bigint, seq bigint, event text, id bigint, chat_id bigint, audience text)
                returning *)
            select {TOMBSTONE} from g order by g.seq""",
        (orjson.dumps(rows).decode(),),
    )
    return [Tombstone(*row) for row in await cursor.fetchall()]


async def trim_chats(
    cursor: Cursor, account_id: int, chat_ids: Sequence[int], before: datetime
) -> list[Tombstone]:
    """Record that nothing of these chats from before a time is left, one row per chat; returns the rows by seq. The
    account must be locked.
    """
    if not chat_ids:
        return []
    first = await take_seqs(cursor, account_id, len(chat_ids))
    await cursor.execute(
        f"""with g as (
                insert into channels_gone as stored (account_id, seq, event, id, chat_id, before)
                select %(account_id)s, %(first)s + n - 1, 'chat:trimmed', id, id, %(before)s
                from unnest(%(ids)s::bigint[]) with ordinality as x (id, n)
                on conflict (account_id, id) where event = 'chat:trimmed'
                do update set seq = excluded.seq, before = greatest(stored.before, excluded.before)
                returning *)
            select {TOMBSTONE} from g order by g.seq""",
        {"account_id": account_id, "first": first, "before": before, "ids": list(chat_ids)},
    )
    return [Tombstone(*row) for row in await cursor.fetchall()]


async def delete_messages(cursor: Cursor, account_id: int, message_ids: Sequence[int]) -> list[str]:
    """Delete messages with everything that refers to them and release their files; returns their provider ids. The
    account must be locked.
    """
    if not message_ids:
        return []
    ids = list(message_ids)
    # Also where no tombstone takes a seq: pages that were read before show them.
    await take_seqs(cursor, account_id, 1)
    await cursor.execute(
        """update channels_media_blob b set released_at = now() from channels_media f
           where f.message_id = any(%s) and b.sha256 = f.sha256""",
        (ids,),
    )
    await cursor.execute(
        "delete from channels_message where id = any(%s) and account_id = %s returning provider_msg_id",
        (ids, account_id),
    )
    names = [row[0] for row in await cursor.fetchall() if row[0] is not None]
    for table in ("channels_receipt", "channels_amendment"):
        await cursor.execute(
            f"delete from {table} where account_id = %s and provider_msg_id = any(%s)", (account_id, names)
        )
    return names


async def delete_empty_chats(cursor: Cursor, account_id: int, chat_ids: Sequence[int]) -> dict[int, str]:
    """Delete those of these chats that have no messages, with their import positions; returns their audiences by id."""
    await cursor.execute(
        f"""with deleted as (
               delete from channels_chat c where c.account_id = %(account_id)s and c.id = any(%(ids)s)
                   and not exists (select from channels_message m where m.chat_id = c.id)
               returning c.id, c.provider_chat_id, {audience()} as audience), positions as (
               delete from channels_import i using deleted
               where i.account_id = %(account_id)s and i.provider_chat_id = deleted.provider_chat_id)
           select id, audience from deleted order by id""",
        {"account_id": account_id, "ids": list(chat_ids)},
    )
    return dict(await cursor.fetchall())


FIND_REPLIES = """
    select id from channels_message m where m.account_id = %s and m.quoted is not null
        and m.quoted ->> 'provider_msg_id' = any(%s)"""


async def list_replies(cursor: Cursor, account_id: int, provider_msg_ids: Sequence[str]) -> set[int]:
    """The ids of messages that quote one of these."""
    await cursor.execute(FIND_REPLIES, (account_id, list(provider_msg_ids)))
    return {row[0] for row in await cursor.fetchall()}


CLEAN = f"""
    with m as (
        update channels_message t set
            quoted = case when t.id = any(%(quoting)s) then null else t.quoted end,
            reactions = case when t.reactions = '[]' then t.reactions else (
                select coalesce(jsonb_agg(item order by n), '[]')
                from jsonb_array_elements(t.reactions) with ordinality as r (item, n)
                where coalesce(item->'sender'->>'provider_id', '') <> all(%(names)s)) end,
            seq = x.first, updated_at = now()
        from (select id, %(first)s + n - 1 as first from unnest(%(ids)s::bigint[]) with ordinality as u (id, n)) x
        where t.id = x.id returning t.*)
    select {CHANGED} from m order by m.seq"""


async def clean_messages(
    cursor: Cursor, account_id: int, quoting: set[int], reacted: set[int], names: Sequence[str]
) -> list[ChangedMessage]:
    """Remove a contact's quotes and reactions from other messages and return those, by seq. The account must be
    locked.
    """
    ids = sorted(quoting | reacted)
    if not ids:
        return []
    first = await take_seqs(cursor, account_id, len(ids))
    await cursor.execute(
        CLEAN, {"ids": ids, "first": first, "quoting": sorted(quoting), "names": list(names)}
    )
    return [ChangedMessage(*row) for row in await cursor.fetchall()]


# The chats whose preview or unread count differs from their rows.
FETCH_REMAINING = f"""
    select c.id, c.last_message_id is distinct from last.id, last.id, last.sent_at, last.body,
        last.attachments::text, last.direction, last.deleted_at is not null, unread.n
    from channels_chat c
    left join lateral (select l.* from channels_message l where l.chat_id = c.id and {is_listed("l")}
                       order by l.sent_at desc, l.provider_msg_id collate "C" desc nulls last limit 1) last on true
    cross join lateral (select case when c.unread_count > 0 then {count_unread()} else 0 end as n) unread
    where c.account_id = %s and c.id = any(%s)
        and (c.last_message_id is distinct from last.id or c.unread_count <> unread.n)
    order by c.id"""
WRITE_REMAINING = f"""
    with c as (
        update channels_chat t set
            last_message_id = x.last_id, last_message_at = coalesce(x.last_at, t.last_message_at),
            last_message_preview = case when x.is_changed then x.preview else t.last_message_preview end,
            unread_count = x.unread, seq = x.seq, updated_at = now()
        from jsonb_to_recordset(%s::jsonb) as x (id bigint, is_changed boolean, last_id bigint, last_at timestamptz,
            preview text, unread integer, seq bigint)
        where t.id = x.id returning t.*)
    select {CHANGED_CHAT} from c {CHAT_JOINS} order by c.seq"""


async def recompute_chats(cursor: Cursor, account_id: int, chat_ids: Sequence[int]) -> list[ChangedChat]:
    """Recompute preview and unread count of these chats from the remaining rows and return the chats that changed, by
    seq. The account must be locked.
    """
    await cursor.execute(FETCH_REMAINING, (account_id, list(chat_ids)))
    found = await cursor.fetchall()
    if not found:
        return []
    first = await take_seqs(cursor, account_id, len(found))
    rows = [
        {
            "id": row[0],
            "is_changed": row[1],
            "last_id": row[2],
            "last_at": row[3] and row[3].isoformat(),
            "preview": None
            if row[2] is None
            else message_preview(row[6], row[4], orjson.loads(row[5]), is_deleted=row[7]),
            "unread": row[8],
            "seq": first + n,
        }
        for n, row in enumerate(found)
    ]
    await cursor.execute(WRITE_REMAINING, (orjson.dumps(rows).decode(),))
    return [ChangedChat(*row) for row in await cursor.fetchall()]
