"""Messages: inserts each once however often it arrives, lists them, and moves their ticks."""

from collections.abc import Sequence
from typing import NamedTuple

import orjson
from aiopg import Cursor

from server.store.chats.sight import audience_of, sees
from server.store.chats.unread_rules import is_countable, is_listed
from server.store.db.json_rows import ROW_JSON, json_of, row_of
from server.store.db.keyset_pages import Page, page_of
from server.store.db.prepared import Prepared
from server.store.db.seq import take_seqs_for
from server.store.messages.json_fragments import AUTHOR, MENTIONS, QUOTED, REACTIONS, SENDER
from server.store.messages.message_rows import MessageKey, NewMessage, NewReceipt

# The message as REST and the socket show it.
MESSAGE_FIELDS = f"""
        m.id, m.account_id, m.chat_id, m.provider_msg_id, m.client_id, m.direction, m.status, m.body,
        m.attachments, {SENDER} as sender, {AUTHOR} as author, {QUOTED} as quoted, {REACTIONS} as reactions,
        {MENTIONS} as mentions,
        m.is_forwarded, m.is_event, m.event_type, m.is_history,
        rfc3339(coalesce(m.claimed_at, m.sent_at)) as sent_at, rfc3339(m.sent_at) as ordered_at,
        rfc3339(m.accepted_at) as accepted_at, rfc3339(m.delivered_at) as delivered_at, rfc3339(m.read_at) as read_at,
        rfc3339(m.edited_at) as edited_at, m.earlier_texts, rfc3339(m.deleted_at) as deleted_at,
        case when m.deleted_at is not null and m.direction = 'out' then 'account' end as deleted_by,
        case when m.status = 'sending' and isfinite(m.scheduled_at) then rfc3339(m.scheduled_at) end as scheduled_at,
        m.error, m.seq, m.inserted_seq as arrived_seq,
        rfc3339(m.created_at) as created_at, rfc3339(m.updated_at) as updated_at"""
MESSAGE_JSON = json_of(MESSAGE_FIELDS)


class ChangedMessage(NamedTuple):
    """A message after a change, with what a push of it needs."""

    id: int
    account_id: int
    chat_id: int
    seq: int
    direction: str
    status: str
    json: str
    audience: str


CHANGED = (
    f"m.id, m.account_id, m.chat_id, m.seq, m.direction, m.status, {MESSAGE_JSON}, {audience_of('m.chat_id')}"
)

LIST_MESSAGES = f"""
    select {ROW_JSON}, rfc3339(m.sent_at), m.id
    from channels_message m {row_of(MESSAGE_FIELDS)}
    where m.chat_id = %(chat_id)s {{after}}
        and exists (select from channels_chat c
                    join channels_account a on a.id = c.account_id and a.provider = %(provider)s
                    join channels_account_member u on u.account_id = a.id and u.user_id = %(user_id)s
                    where c.id = %(chat_id)s and c.account_id = %(account_id)s and {sees()})
    order by m.sent_at desc, m.id desc
    limit %(limit)s + 1"""
AFTER_MESSAGE = "and (m.sent_at, m.id) < (%(after_time)s::timestamptz, %(after_id)s)"
LISTS = {
    False: Prepared("list_messages", LIST_MESSAGES.format(after="")),
    True: Prepared("list_messages_after", LIST_MESSAGES.format(after=AFTER_MESSAGE)),
}


async def list_messages(
    cursor: Cursor,
    user_id: int,
    provider: str,
    account_id: int,
    chat_id: int,
    *,
    limit: int,
    after: tuple[str, int] | None,
) -> Page:
    """The chat's messages, newest first. Empty also when the chat is not the user's: the caller then checks that."""
    after_time, after_id = after or (None, None)
    await LISTS[after is not None].execute(
        cursor,
        {
            "user_id": user_id,
            "provider": provider,
            "account_id": account_id,
            "chat_id": chat_id,
            "limit": limit,
            "after_time": after_time,
            "after_id": after_id,
        },
    )
    return page_of(await cursor.fetchall(), limit)


class OpenMessage(NamedTuple):
    """A message that a user wants to change or react to, with their role in its account."""

    id: int
    account_id: int
    chat_id: int
    provider_msg_id: str
    direction: str
    status: str
    is_event: bool
    is_deleted: bool
    account_status: str
    role: str


async def fetch_open_message(
    cursor: Cursor, user_id: int, provider: str, account_id: int, chat_id: int | None, message_id: int
) -> OpenMessage | None:
    """None if the message does not exist, is not the user's, or is in another chat than `chat_id`; its provider id may
    be "".
    """
    await cursor.execute(
        f"""select m.id, m.account_id, m.chat_id, coalesce(m.provider_msg_id, ''), m.direction, m.status,
                m.is_event, m.deleted_at is not null, a.status, u.role
            from channels_message m join channels_chat c on c.id = m.chat_id
            join channels_account a on a.id = m.account_id and a.provider = %(provider)s
            join channels_account_member u on u.account_id = a.id and u.user_id = %(user_id)s
            where m.id = %(message_id)s and m.account_id = %(account_id)s
                and m.chat_id = coalesce(%(chat_id)s, m.chat_id) and {sees()}""",
        {
            "user_id": user_id,
            "provider": provider,
            "account_id": account_id,
            "chat_id": chat_id,
            "message_id": message_id,
        },
    )
    row = await cursor.fetchone()
    return row and OpenMessage(*row)


async def fetch_message(cursor: Cursor, message_id: int) -> str:
    """An existing message as JSON. The caller authorises."""
    await cursor.execute(f"select {MESSAGE_JSON} from channels_message m where m.id = %s", (message_id,))
    return str((await cursor.fetchone())[0])


# Takes seqs only for rows that are new. That a row is missing is certain, because every writer of an account's messages
# holds the account's lock. The lookup is lateral for the reason given in chats.py.
INSERT_MESSAGES = Prepared(
    "insert_messages",
    f"""
    with event as (
        select * from jsonb_to_recordset(%(rows)s::jsonb) as x (
            account_id bigint, chat_id bigint, provider_msg_id text, direction text, status text, body text,
            attachments jsonb, sender jsonb, quoted jsonb, is_event boolean, event_type integer,
            is_forwarded boolean, is_history boolean, author_kind text, sent_at timestamptz,
            claimed_at timestamptz)
    ), fresh as (
        select event.*,
            row_number() over (partition by event.account_id order by event.sent_at, event.provider_msg_id) as n
        from event
        left join lateral (
            select k.id from channels_message k
            where k.account_id = event.account_id and k.provider_msg_id = event.provider_msg_id limit 1) stored on true
        where stored.id is null
    ), {take_seqs_for("fresh", returning="counted_for_now(a) as counted_for")}, m as (
        insert into channels_message (account_id, chat_id, provider_msg_id, direction, status, body, attachments,
                                      sender, quoted, is_event, event_type, is_forwarded, is_history, sent_at,
                                      claimed_at, author_kind, counted_for, seq, inserted_seq)
        select f.account_id, f.chat_id, f.provider_msg_id, f.direction, f.status, f.body, f.attachments,
               f.sender, f.quoted, f.is_event, f.event_type, coalesce(f.is_forwarded, false),
               coalesce(f.is_history, false), f.sent_at, f.claimed_at, f.author_kind,
               seqs.counted_for, seqs.base + f.n, seqs.base + f.n
        from fresh f join seqs on seqs.account_id = f.account_id
        returning *
    )
    select {CHANGED}, m.provider_msg_id,
        exists (select from channels_amendment e
                where e.account_id = m.account_id and e.provider_msg_id = m.provider_msg_id),
        exists (select from channels_message w where w.account_id = m.account_id
                and w.quoted is not null and w.quoted ->> 'provider_msg_id' = m.provider_msg_id),
        false, current_setting('confab.changed_contacts', true), {is_listed("m")} is true, {is_countable("m")} is true
    from m order by m.account_id, m.seq""",
)


class InsertedMessage(NamedTuple):
    """A message that a batch inserted, found or changed, with what follows from that."""

    id: int
    account_id: int
    chat_id: int
    seq: int
    direction: str
    status: str
    json: str
    audience: str
    provider_msg_id: str
    is_amended: bool = False  # an amendment of it arrived before it
    is_answered: bool = False  # a reply to it arrived before it
    is_deleted: bool = False
    changed_contacts: str | None = None  # ids of contacts that the whole transaction changed
    is_listed: bool = True  # moves its chat up in the list
    is_countable: bool = False  # incoming and unread
    was_history: bool = False  # was stored as history until now


async def insert_messages(cursor: Cursor, rows: Sequence[NewMessage]) -> list[InsertedMessage]:
    """Insert the messages that are not stored yet and return those, by account and seq. The ids are distinct and the
    accounts locked.
    """
    await INSERT_MESSAGES.execute(cursor, {"rows": orjson.dumps(rows).decode()})
    return [InsertedMessage(*row) for row in await cursor.fetchall()]


# A message that was stored as history and turns out to be new is counted now, and only now.
MARK_AS_NEW = Prepared(
    "mark_as_new",
    f"""
    with m as (
        update channels_message t set is_history = false, counted_at = now(),
            author_kind = coalesce(t.author_kind, case when t.direction = 'out' then 'phone' end)
        from jsonb_to_recordset(%(rows)s::jsonb) as x (account_id bigint, provider_msg_id text)
        where t.account_id = x.account_id and t.provider_msg_id = x.provider_msg_id and t.is_history
        returning t.*
    )
    select {CHANGED}, m.provider_msg_id, false, false, m.deleted_at is not null, null, {is_listed("m")} is true,
        {is_countable("m")} is true, true
    from m order by m.account_id, m.seq""",
)


async def mark_as_new(cursor: Cursor, keys: Sequence[MessageKey]) -> list[InsertedMessage]:
    """Turn history into new messages and return those that were history. The accounts are locked."""
    await MARK_AS_NEW.execute(cursor, {"rows": orjson.dumps(keys).decode()})
    return [InsertedMessage(*row) for row in await cursor.fetchall()]


FETCH_BY_PROVIDER_IDS = Prepared(
    "fetch_by_provider_ids",
    f"""
    select {CHANGED}, m.provider_msg_id
    from jsonb_to_recordset(%(rows)s::jsonb) as x (account_id bigint, provider_msg_id text)
    cross join lateral (
        select t.* from channels_message t
        where t.account_id = x.account_id and t.provider_msg_id = x.provider_msg_id limit 1) m
    order by m.account_id, m.seq""",
)


async def fetch_by_provider_ids(cursor: Cursor, keys: Sequence[MessageKey]) -> list[InsertedMessage]:
    """The stored ones of these messages, by account and seq."""
    await FETCH_BY_PROVIDER_IDS.execute(cursor, {"rows": orjson.dumps(keys).decode()})
    return [InsertedMessage(*row) for row in await cursor.fetchall()]


# `delivered` never follows `read`: a status only moves forward along this list.
RANK = "array_position(array['sending', 'unconfirmed', 'failed', 'sent', 'delivered', 'read'], {})"

INSERT_RECEIPTS = Prepared(
    "insert_receipts",
    f"""
    insert into channels_receipt as stored (account_id, provider_msg_id, status)
    select account_id, provider_msg_id, status
    from jsonb_to_recordset(%(rows)s::jsonb) as x (account_id bigint, provider_msg_id text, status text)
    on conflict (account_id, provider_msg_id) do update set status = excluded.status, created_at = now()
    where {RANK.format("excluded.status")} > {RANK.format("stored.status")}""",
)

APPLY_RECEIPTS = Prepared(
    "apply_receipts",
    f"""
    with due as (
        delete from channels_receipt r using channels_message m
        where r.account_id = any(%(account_ids)s::bigint[])
            and m.account_id = r.account_id and m.provider_msg_id = r.provider_msg_id
        returning m.id, m.account_id, m.direction, m.status as before, r.status, r.created_at as at
    ), forward as (
        select *, row_number() over (partition by account_id order by id) as n from due
        where direction = 'out' and {RANK.format("status")} > {RANK.format("before")}
    ), {take_seqs_for("forward")}, m as (
        update channels_message t set status = f.status, error = null,
            delivered_at = case when f.status = 'delivered' then f.at else t.delivered_at end,
            read_at = case when f.status = 'read' then f.at else t.read_at end,
            seq = seqs.base + f.n, updated_at = now()
        from forward f join seqs on seqs.account_id = f.account_id
        where t.id = f.id
        returning t.*
    )
    select {CHANGED} from m order by m.account_id, m.seq""",
)


async def insert_receipts(cursor: Cursor, receipts: Sequence[NewReceipt]) -> None:
    """Store ticks for `apply_receipts`, one per message; a stored one is never moved back."""
    await INSERT_RECEIPTS.execute(cursor, {"rows": orjson.dumps(receipts).decode()})


async def apply_receipts(cursor: Cursor, account_ids: Sequence[int]) -> list[ChangedMessage]:
    """Apply the stored ticks of these locked accounts and return the messages that changed; a tick whose message is not
    stored yet stays.
    """
    await APPLY_RECEIPTS.execute(cursor, {"account_ids": list(account_ids)})
    return [ChangedMessage(*row) for row in await cursor.fetchall()]
