"""Messages: stored once whatever arrives how often, listed, and numbered within their account."""

from collections.abc import Sequence
from typing import NamedTuple

import orjson
from aiopg import Cursor

from server.store.chats.unread_rules import is_countable, is_listed
from server.store.db.pages import Page, page_of
from server.store.db.prepared import Prepared
from server.store.db.seq import take_seqs_for
from server.store.messages.json_fragments import MENTIONS, QUOTED, REACTIONS, SENDER
from server.store.messages.rows import MessageKey, NewMessage, NewReceipt

# The message as docs/api.md shows it.
MESSAGE_JSON = f"""
    row_to_json((select shape from (select
        m.id, m.account_id, m.chat_id, m.provider_msg_id, m.client_id, m.direction, m.status, m.body,
        m.attachments, {SENDER} as sender, {QUOTED} as quoted, {REACTIONS} as reactions,
        {MENTIONS} as mentions,
        m.is_forwarded, m.is_event, m.event_type,
        rfc3339(coalesce(m.claimed_at, m.sent_at)) as sent_at, rfc3339(m.sent_at) as ordered_at,
        rfc3339(m.edited_at) as edited_at, rfc3339(m.deleted_at) as deleted_at,
        case when m.deleted_at is not null and m.direction = 'out' then 'account' end as deleted_by,
        case when m.status = 'sending' and isfinite(m.scheduled_at) then rfc3339(m.scheduled_at) end as scheduled_at,
        m.error, m.seq, m.inserted_seq as arrived_seq,
        rfc3339(m.created_at) as created_at, rfc3339(m.updated_at) as updated_at) shape))::text"""


class ChangedMessage(NamedTuple):
    """A message after a change: what is pushed, and to whom."""

    id: int
    account_id: int
    chat_id: int
    seq: int
    direction: str
    status: str
    json: str


CHANGED = f"m.id, m.account_id, m.chat_id, m.seq, m.direction, m.status, {MESSAGE_JSON}"

LIST_MESSAGES = f"""
    select {MESSAGE_JSON}, rfc3339(m.sent_at), m.id
    from channels_message m
    where m.chat_id = %(chat_id)s {{after}}
        and exists (select from channels_chat c
                    join channels_account a on a.id = c.account_id and a.provider = %(provider)s
                    join channels_account_member u on u.account_id = a.id and u.user_id = %(user_id)s
                    where c.id = %(chat_id)s and c.account_id = %(account_id)s)
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
    """Newest first; empty also when the chat is not the user's, which the caller tells apart only then."""
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
    """A message somebody wants to do something with, and what they may."""

    id: int
    account_id: int
    chat_id: int
    provider_msg_id: str
    direction: str
    is_event: bool
    is_deleted: bool
    account_status: str
    role: str


async def fetch_open_message(
    cursor: Cursor, user_id: int, provider: str, account_id: int, chat_id: int | None, message_id: int
) -> OpenMessage | None:
    """None for absent and foreign ones, and for one of another chat than is named; its provider id may be ''."""
    await cursor.execute(
        """select m.id, m.account_id, m.chat_id, coalesce(m.provider_msg_id, ''), m.direction, m.is_event,
               m.deleted_at is not null, a.status, u.role
           from channels_message m
           join channels_account a on a.id = m.account_id and a.provider = %(provider)s
           join channels_account_member u on u.account_id = a.id and u.user_id = %(user_id)s
           where m.id = %(message_id)s and m.account_id = %(account_id)s
               and m.chat_id = coalesce(%(chat_id)s, m.chat_id)""",
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
    """A message that is there, as JSON. Authorising is the caller's."""
    await cursor.execute(f"select {MESSAGE_JSON} from channels_message m where m.id = %s", (message_id,))
    return str((await cursor.fetchone())[0])


# Numbers are taken only for rows that are really new. Their absence is certain, not probable: whoever stores
# a message of an account holds the account's lock. The look-up is lateral for the reason given in chats.py.
INSERT_MESSAGES = Prepared(
    "insert_messages",
    f"""
    with event as (
        select * from jsonb_to_recordset(%(rows)s::jsonb) as x (
            account_id bigint, chat_id bigint, provider_msg_id text, direction text, status text, body text,
            attachments jsonb, sender jsonb, quoted jsonb, is_event boolean, event_type integer,
            is_forwarded boolean, is_history boolean, sent_at timestamptz, claimed_at timestamptz)
    ), fresh as (
        select event.*,
            row_number() over (partition by event.account_id order by event.sent_at, event.provider_msg_id) as n
        from event
        left join lateral (
            select k.id from channels_message k
            where k.account_id = event.account_id and k.provider_msg_id = event.provider_msg_id limit 1) known on true
        where known.id is null
    ), {take_seqs_for("fresh", returning="counted_for_now(a) as counted_for")}, m as (
        insert into channels_message (account_id, chat_id, provider_msg_id, direction, status, body, attachments,
                                      sender, quoted, is_event, event_type, is_forwarded, is_history, sent_at,
                                      claimed_at, counted_for, seq, inserted_seq)
        select f.account_id, f.chat_id, f.provider_msg_id, f.direction, f.status, f.body, f.attachments,
               f.sender, f.quoted, f.is_event, f.event_type, coalesce(f.is_forwarded, false),
               coalesce(f.is_history, false), f.sent_at, f.claimed_at, seqs.counted_for,
               seqs.base + f.n, seqs.base + f.n
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
    id: int
    account_id: int
    chat_id: int
    seq: int
    direction: str
    status: str
    json: str
    provider_msg_id: str
    is_amended: bool = False  # something that happened to it was told before it was here
    is_answered: bool = False  # an answer to it was here before it
    is_deleted: bool = False
    changed_contacts: str | None = None  # of the whole transaction: who is shown otherwise since it began
    is_listed: bool = True  # moves its chat up
    is_countable: bool = False  # came in and is unread
    was_history: bool = False  # was stored as history before


async def insert_messages(cursor: Cursor, rows: Sequence[NewMessage]) -> list[InsertedMessage]:
    """Store what is not stored yet; the rows carry distinct ids and their accounts are locked."""
    await INSERT_MESSAGES.execute(cursor, {"rows": orjson.dumps(rows).decode()})
    return [InsertedMessage(*row) for row in await cursor.fetchall()]


# What was stored as history and turns out to be news is counted then, and only then.
MARK_AS_NEW = Prepared(
    "make_news",
    f"""
    with m as (
        update channels_message t set is_history = false, counted_at = now()
        from jsonb_to_recordset(%(rows)s::jsonb) as x (account_id bigint, provider_msg_id text)
        where t.account_id = x.account_id and t.provider_msg_id = x.provider_msg_id and t.is_history
        returning t.*
    )
    select {CHANGED}, m.provider_msg_id, false, false, m.deleted_at is not null, null, {is_listed("m")} is true,
        {is_countable("m")} is true, true
    from m order by m.account_id, m.seq""",
)


async def mark_as_new(cursor: Cursor, keys: Sequence[MessageKey]) -> list[InsertedMessage]:
    """Those of these {account_id, provider_msg_id} that were history until now; the accounts are locked."""
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
    """The stored messages of these {account_id, provider_msg_id}."""
    await FETCH_BY_PROVIDER_IDS.execute(cursor, {"rows": orjson.dumps(keys).decode()})
    return [InsertedMessage(*row) for row in await cursor.fetchall()]


# `delivered` never follows `read`: a status only moves forward along this list.
RANK = "array_position(array['sending', 'unconfirmed', 'failed', 'sent', 'delivered', 'read'], {})"

INSERT_RECEIPTS = Prepared(
    "keep_receipts",
    f"""
    insert into channels_receipt as known (account_id, provider_msg_id, status)
    select account_id, provider_msg_id, status
    from jsonb_to_recordset(%(rows)s::jsonb) as x (account_id bigint, provider_msg_id text, status text)
    on conflict (account_id, provider_msg_id) do update set status = excluded.status
    where {RANK.format("excluded.status")} > {RANK.format("known.status")}""",
)

APPLY_RECEIPTS = Prepared(
    "apply_receipts",
    f"""
    with due as (
        delete from channels_receipt r using channels_message m
        where r.account_id = any(%(account_ids)s::bigint[])
            and m.account_id = r.account_id and m.provider_msg_id = r.provider_msg_id
        returning m.id, m.account_id, m.direction, m.status as before, r.status
    ), forward as (
        select *, row_number() over (partition by account_id order by id) as n from due
        where direction = 'out' and {RANK.format("status")} > {RANK.format("before")}
    ), {take_seqs_for("forward")}, m as (
        update channels_message t set status = f.status, error = null, seq = seqs.base + f.n, updated_at = now()
        from forward f join seqs on seqs.account_id = f.account_id
        where t.id = f.id
        returning t.*
    )
    select {CHANGED} from m order by m.account_id, m.seq""",
)


async def insert_receipts(cursor: Cursor, receipts: Sequence[NewReceipt]) -> None:
    """Lay down {account_id, provider_msg_id, status}, one for each message, for apply_receipts to find."""
    await INSERT_RECEIPTS.execute(cursor, {"rows": orjson.dumps(receipts).decode()})


async def apply_receipts(cursor: Cursor, account_ids: Sequence[int]) -> list[ChangedMessage]:
    """Move the messages of these locked accounts forward to what their receipts say; the rest keeps waiting."""
    await APPLY_RECEIPTS.execute(cursor, {"account_ids": list(account_ids)})
    return [ChangedMessage(*row) for row in await cursor.fetchall()]
