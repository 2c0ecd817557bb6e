"""Amendments: stores the reactions, edits and deletions that webhooks report, and writes what they make of a message.

What a message shows after them is decided in server/rules/amendments.py.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from aiopg import Cursor

from server.rules.amendments import Amendment, Content, ProviderState, merge, reactor_ids
from server.store.chats import contacts, flags
from server.store.chats.chats import ChangedChat
from server.store.chats.unread_rules import is_countable
from server.store.db.prepared import Prepared
from server.store.db.seq import take_seqs
from server.store.messages import attachments as media
from server.store.messages import quotes
from server.store.messages.message_rows import MessageKey, NewAmendment
from server.store.messages.messages import CHANGED, ChangedMessage

# The newer of two reports about the same thing wins in any order of arrival; of two equally new ones the one that sorts
# later by code points.
INSERT_AMENDMENTS = Prepared(
    "insert_amendments",
    """
    insert into channels_amendment as stored (account_id, provider_msg_id, kind, person, content, told_at)
    select account_id, provider_msg_id, kind, person, content, told_at
    from jsonb_to_recordset(%(rows)s::jsonb) as x
        (account_id bigint, provider_msg_id text, kind text, person text, content jsonb, told_at timestamptz)
    on conflict (account_id, provider_msg_id, kind, person) do update
        set content = excluded.content, told_at = excluded.told_at
        where (excluded.told_at, excluded.content::text collate "C")
            > (stored.told_at, stored.content::text collate "C")""",
)


async def insert_amendments(cursor: Cursor, rows: Sequence[NewAmendment]) -> None:
    """Store what webhooks reported, one row per message, kind and reactor."""
    await INSERT_AMENDMENTS.execute(cursor, {"rows": orjson.dumps(rows).decode()})


LIST_AMENDED = Prepared(
    "list_amended",
    """
    select distinct account_id, provider_msg_id from channels_amendment
    join jsonb_to_recordset(%(rows)s::jsonb) as x (account_id bigint, provider_msg_id text)
        using (account_id, provider_msg_id)""",
)


async def list_amended(cursor: Cursor, keys: Sequence[MessageKey]) -> list[tuple[int, str]]:
    """The (account id, provider message id) of these messages that have stored amendments."""
    await LIST_AMENDED.execute(cursor, {"rows": orjson.dumps(keys).decode()})
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def list_amendments(
    cursor: Cursor, account_id: int, provider_msg_id: str
) -> tuple[datetime, list[Amendment]]:
    """(the database's time now, what webhooks reported about a message, oldest first)."""
    await cursor.execute("select clock_timestamp()")
    now = (await cursor.fetchone())[0]
    await cursor.execute(
        """select kind, person, content::text, told_at from channels_amendment
           where account_id = %s and provider_msg_id = %s order by told_at, person collate "C" """,
        (account_id, provider_msg_id),
    )
    rows = await cursor.fetchall()
    return now, [Amendment(row[0], row[1], orjson.loads(row[2]), row[3]) for row in rows]


class StoredMessage(NamedTuple):
    """A stored message with its content; `is_unread` if its chat counts it as unread."""

    id: int
    chat_id: int
    provider_msg_id: str
    direction: str
    is_last: bool
    is_unread: bool
    confirmed_at: datetime | None
    content: Content


async def _fetch_message(cursor: Cursor, account_id: int, provider_msg_id: str) -> StoredMessage | None:
    await cursor.execute(
        f"""select m.id, m.chat_id, m.provider_msg_id, m.direction, c.last_message_id is not distinct from m.id,
               ({is_countable("m")} and m.inserted_seq > c.read_seq) is true,
               nullif(m.confirmed_at, '-infinity'),
               m.body, m.attachments::text, m.reactions::text, m.edited_at, m.deleted_at
           from channels_message m join channels_chat c on c.id = m.chat_id
           where m.account_id = %s and m.provider_msg_id = %s""",
        (account_id, provider_msg_id),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    content = Content(row[7], orjson.loads(row[8]), orjson.loads(row[9]), *row[10:])
    return StoredMessage(row[0], row[1], row[2], row[3], row[4], row[5], row[6], content)


class Amended(NamedTuple):
    """What changed and has to be published; nothing if nothing did. `replies` quote a message that was deleted."""

    message: ChangedMessage | None = None
    chat: ChangedChat | None = None
    replies: Sequence[ChangedMessage] = ()


async def apply_provider_state(
    cursor: Cursor,
    account_id: int,
    provider_msg_id: str,
    state: ProviderState,
    events: Sequence[Amendment],
) -> Amended:
    """Make a stored message what UniPile holds and delete the events that the read covers; nothing when the message is
    not stored or a later read was applied. The account must be locked.
    """
    stored = await _fetch_message(cursor, account_id, provider_msg_id)
    if stored is None or (stored.confirmed_at is not None and stored.confirmed_at >= state.read_at):
        return Amended()
    await cursor.execute(
        "update channels_message set confirmed_at = %s where id = %s", (state.read_at, stored.id)
    )
    amended = await _write_merged(cursor, account_id, stored, state, events)
    await _delete_events(cursor, account_id, provider_msg_id, events)
    return amended


async def apply_early_events(
    cursor: Cursor, account_id: int, provider_msg_id: str, events: Sequence[Amendment]
) -> Amended:
    """Apply what webhooks reported, because UniPile could not be asked. The events stay stored, so that an older one
    that arrives late does not win. The account must be locked.
    """
    stored = await _fetch_message(cursor, account_id, provider_msg_id)
    if stored is None:
        return Amended()
    return await _write_merged(cursor, account_id, stored, None, events)


async def _write_merged(
    cursor: Cursor,
    account_id: int,
    stored: StoredMessage,
    state: ProviderState | None,
    events: Sequence[Amendment],
) -> Amended:
    ids = sorted(reactor_ids(stored.content, state, events))
    known = await contacts.fetch_known_contacts(cursor, account_id, ids) if ids else {}
    content = merge(stored.content, state, events, known, stored.confirmed_at)
    return await _write(cursor, account_id, stored, content)


MAX_EARLIER_TEXTS = 20
# A deleted message keeps none of its texts.
EARLIER_TEXTS = f"""case
        when %(deleted_at)s::timestamptz is not null then '[]'
        when t.body is null or t.body = %(body)s then t.earlier_texts
        else jsonb_path_query_array(
            t.earlier_texts || jsonb_build_object('text', t.body, 'until', rfc3339(%(edited_at)s::timestamptz(3))),
            '$[last - {MAX_EARLIER_TEXTS - 1} to last]') end"""
AMEND_MESSAGE = f"""
    with m as (
        update channels_message t set body = %(body)s, earlier_texts = {EARLIER_TEXTS},
            attachments = %(attachments)s::jsonb, reactions = %(reactions)s::jsonb,
            edited_at = %(edited_at)s, deleted_at = %(deleted_at)s,
            seq = %(seq)s, updated_at = now()
        where t.id = %(id)s returning t.*
    )
    select {CHANGED} from m"""


async def _write(cursor: Cursor, account_id: int, stored: StoredMessage, content: Content) -> Amended:
    """Write the content; the message takes a seq, and its chat one, if either changed."""
    if content == stored.content:
        return Amended()
    values = {
        "id": stored.id,
        "body": content.body,
        "attachments": orjson.dumps(content.attachments).decode(),
        "reactions": orjson.dumps(content.reactions).decode(),
        "edited_at": content.edited_at,
        "deleted_at": content.deleted_at,
        "seq": await take_seqs(cursor, account_id, 1),
    }
    await cursor.execute(AMEND_MESSAGE, values)
    message = ChangedMessage(*await cursor.fetchone())
    is_deleted = content.deleted_at is not None and stored.content.deleted_at is None
    replies: Sequence[ChangedMessage] = ()
    if is_deleted:
        await media.release_files(cursor, stored.id)
        key: MessageKey = {"account_id": account_id, "provider_msg_id": stored.provider_msg_id}
        replies = await quotes.bump_reply_seqs(cursor, [key])
    preview = None
    if stored.is_last:
        preview = flags.message_preview(
            stored.direction,
            content.body,
            content.attachments,
            is_deleted=content.deleted_at is not None,
        )
    chat = await flags.follow_amendment(
        cursor, account_id, stored.chat_id, preview, recounts=is_deleted and stored.is_unread
    )
    return Amended(message, chat, replies)


async def _delete_events(
    cursor: Cursor, account_id: int, provider_msg_id: str, events: Sequence[Amendment]
) -> None:
    """Delete exactly the events that were stored before UniPile was asked."""
    for event in events:
        await cursor.execute(
            """delete from channels_amendment where account_id = %s and provider_msg_id = %s
               and kind = %s and person = %s and told_at = %s""",
            (account_id, provider_msg_id, event.kind, event.reactor, event.reported_at),
        )
