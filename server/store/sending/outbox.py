"""The outbox: a message's row exists before UniPile is called, and its status never claims more than is known."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson
from aiopg import Cursor

from server.store.db.prepared import Prepared
from server.store.db.seq import STORE_SEQ, take_seqs_for
from server.store.messages.message_rows import Echo
from server.store.messages.messages import CHANGED, ChangedMessage


class SendAttempt(NamedTuple):
    """A message that only this worker sends to UniPile now."""

    message_id: int
    account_id: int
    chat_id: int
    external_account_id: str
    provider_chat_id: str
    body: str | None
    quoted_msg_id: str | None
    has_file: bool


# The head of the chat's queue, unless a message before it is still being sent: a chat's messages go out in order, and
# chats do not wait for each other.
TAKE_SEND_ATTEMPT = Prepared(
    "take_send_attempt",
    """
    with head as (
        select id from channels_message
        where chat_id = %(chat_id)s and status = 'sending'
        order by id limit 1 for update
    ), taken as (
        update channels_message m set attempted_at = now()
        from head where m.id = head.id and m.attempted_at is null and m.status = 'sending'
            and not exists (select from channels_message o where o.chat_id = %(chat_id)s and o.status = 'sending'
                            and o.attempted_at is not null)
        returning m.id, m.account_id, m.chat_id, m.body, m.quoted, m.attachments
    ), recorded as (
        insert into channels_send_attempt (message_id, number)
        select taken.id, 1 + (select count(*) from channels_send_attempt k
                                where k.message_id = taken.id and k.outcome is not null)
        from taken
        on conflict (message_id, number) do update set at = now()
    )
    select taken.id, taken.account_id, taken.chat_id, a.external_account_id, c.provider_chat_id, taken.body,
        taken.quoted->>'provider_msg_id', taken.attachments <> '[]'
    from taken join channels_account a on a.id = taken.account_id join channels_chat c on c.id = taken.chat_id""",
)


async def take_attempt(cursor: Cursor, chat_id: int) -> SendAttempt | None:
    """Take the chat's next message; None if nothing is queued or one is being sent."""
    await TAKE_SEND_ATTEMPT.execute(cursor, {"chat_id": chat_id})
    row = await cursor.fetchone()
    return row and SendAttempt(*row)


async def release_attempt(cursor: Cursor, message_id: int) -> None:
    """Put a message back at the head of its queue, because UniPile certainly did not receive it; the attempt stays
    open.
    """
    await cursor.execute(
        "update channels_message set attempted_at = null where id = %s and status = 'sending'", (message_id,)
    )


# A message that did not fail moves the read mark for good; while it was being sent its chat counted as read
# (unread_rules). Three cases: the outcome is new; the echo came first, and at most the id is missing; the echo of an
# equal text from the phone came first and took this row, so that UniPile's id belongs to another row already, and both
# stay.
SETTLE_ATTEMPT = Prepared(
    "settle_attempt",
    f"""
    with m as (
        update channels_message t set
            status = case when t.status in ('sending', 'unconfirmed') then %(status)s::text else t.status end,
            provider_msg_id = coalesce(t.provider_msg_id, %(provider_msg_id)s::text),
            accepted_at = case when %(status)s::text = 'sent' then coalesce(t.accepted_at, now())
                else t.accepted_at end,
            error = case when t.status in ('sending', 'unconfirmed') then %(error)s::jsonb else t.error end,
            looks = 0, next_look_at = now() + make_interval(secs => %(verify_seconds)s::int),
            seq = a.seq + 1, updated_at = now()
        from channels_account a
        where t.id = %(id)s and a.id = t.account_id and t.direction = 'out'
            and (t.status in ('sending', 'unconfirmed')
                 or (t.provider_msg_id is null and %(provider_msg_id)s::text is not null))
        returning t.*
    ), {STORE_SEQ}, read as (
        update channels_chat c set read_seq = answered.seen_seq, marked_unread = false
        from (select chat_id, max(seen_seq) as seen_seq from m
              where seen_seq is not null and status <> 'failed' group by chat_id) answered
        where c.id = answered.chat_id and answered.seen_seq > c.read_seq
    ), recorded as (
        update channels_send_attempt k set
            outcome = case when m.status in ('failed', 'unconfirmed') then m.status else 'sent' end,
            error_code = m.error ->> 'code', provider_msg_id = coalesce(m.provider_msg_id, k.provider_msg_id)
        from m where k.message_id = m.id
            and k.number = (select max(number) from channels_send_attempt l where l.message_id = m.id)
    )
    select {CHANGED},
        exists (select from channels_message w where w.account_id = m.account_id
                and w.quoted is not null and w.quoted ->> 'provider_msg_id' = m.provider_msg_id),
        exists (select from channels_receipt r
                where r.account_id = m.account_id and r.provider_msg_id = m.provider_msg_id),
        exists (select from channels_amendment e
                where e.account_id = m.account_id and e.provider_msg_id = m.provider_msg_id),
        m.status = 'failed' and m.seen_seq is not null
    from m""",
)


class Settled(NamedTuple):
    """A message whose outcome was stored, and which events had arrived for its id before the id was known."""

    message: ChangedMessage
    is_answered: bool
    is_ticked: bool
    is_amended: bool
    is_unread_again: bool  # it failed: messages that counted as read while it was being sent are unread again


async def settle_attempt(
    cursor: Cursor,
    message_id: int,
    status: str,
    *,
    provider_msg_id: str | None = None,
    error: Mapping[str, object] | None = None,
    verify_seconds: int | None = None,
) -> Settled | None:
    """Store the outcome of a send attempt; None if an echo has done so, or the message does not exist. An unknown
    outcome is verified after `verify_seconds`. The account must be locked.
    """
    await SETTLE_ATTEMPT.execute(
        cursor,
        {
            "id": message_id,
            "status": status,
            "provider_msg_id": provider_msg_id,
            "error": orjson.dumps(error).decode() if error else None,
            "verify_seconds": verify_seconds,
        },
    )
    row = await cursor.fetchone()
    return row and Settled(ChangedMessage(*row[:8]), *row[8:])


# An echo with an unknown id belongs to the oldest send with the same text and kind of file that was handed to UniPile
# in the same chat and has no id yet. A message read from UniPile's store (`is_read`) may be much older than any
# waiting send; then it is no echo. A file of the same size is only preferred, because WhatsApp may have changed the
# file. Pairs are made in order on both sides, so that equal messages stay in order. The row keeps its own time: with
# the echo's time it would be listed after the next send, whose echo is still to come or came after its outcome.
KIND = "(coalesce({0}.attachments->0->>'type', '') || ' ' || coalesce({0}.body, ''))"
ADOPT_ECHOES = Prepared(
    "adopt_echoes",
    f"""
    with echo as (
        select x.account_id, x.chat_id, x.provider_msg_id, x.sent_at, {KIND.format("x")} as kind,
            x.attachments->0->>'file_size' as size
        from jsonb_to_recordset(%(rows)s::jsonb)
            as x (account_id bigint, chat_id bigint, provider_msg_id text, body text, attachments jsonb,
                  sent_at timestamptz, is_read boolean)
        where not exists (select from channels_message k
                          where k.account_id = x.account_id and k.provider_msg_id = x.provider_msg_id)
            and (x.is_read is not true or x.sent_at > (
                select min(w.attempted_at) - interval '30 seconds' from channels_message w
                where w.chat_id = x.chat_id and w.direction = 'out' and w.provider_msg_id is null
                    and w.status in ('sending', 'sent', 'unconfirmed')))
    ), waiting as (
        select m.id, m.chat_id, {KIND.format("m")} as kind, m.attachments->0->>'file_size' as size
        from channels_message m
        where m.chat_id in (select chat_id from echo) and m.direction = 'out' and m.provider_msg_id is null
            and m.attempted_at is not null and m.status in ('sending', 'sent', 'unconfirmed')
            and m.sent_at > now() - interval '1 day'
    ), same as (
        select waiting.id, echo.account_id, echo.provider_msg_id
        from (select *, row_number() over (partition by chat_id, kind, size order by sent_at, provider_msg_id) as n
              from echo) echo
        join (select *, row_number() over (partition by chat_id, kind, size order by id) as n from waiting) waiting
            using (chat_id, kind, size, n)
    ), alike as (
        select waiting.id, echo.account_id, echo.provider_msg_id
        from (select *, row_number() over (partition by chat_id, kind order by sent_at, provider_msg_id) as n
              from echo where (account_id, provider_msg_id) not in (select account_id, provider_msg_id from same)) echo
        join (select *, row_number() over (partition by chat_id, kind order by id) as n
              from waiting where id not in (select id from same)) waiting
            using (chat_id, kind, n)
    ), pair as (
        select *, row_number() over (partition by account_id order by id) as n
        from (select * from same union all select * from alike) found
    ), {take_seqs_for("pair")}, m as (
        update channels_message t set provider_msg_id = pair.provider_msg_id,
            status = case when t.status in ('sending', 'unconfirmed') then 'sent' else t.status end,
            accepted_at = coalesce(t.accepted_at, now()), error = null, seen_at = now(), seq = seqs.base + pair.n,
            updated_at = now()
        from pair join seqs on seqs.account_id = pair.account_id
        where t.id = pair.id
        returning t.*
    ), read as (
        update channels_chat c set read_seq = answered.seen_seq, marked_unread = false
        from (select chat_id, max(seen_seq) as seen_seq from m
              where seen_seq is not null group by chat_id) answered
        where c.id = answered.chat_id and answered.seen_seq > c.read_seq
    ), recorded as (
        update channels_send_attempt k set outcome = 'sent', error_code = null, provider_msg_id = m.provider_msg_id
        from m where k.message_id = m.id
            and k.number = (select max(number) from channels_send_attempt l where l.message_id = m.id)
    )
    select {CHANGED} from m order by m.account_id, m.seq""",
)


async def adopt_echoes(cursor: Cursor, echoes: Sequence[Echo]) -> list[ChangedMessage]:
    """Match echoes with sends that have no id yet and return the sends, by account and seq. The accounts are locked.

    One statement in SQL on purpose. Fetching candidates, matching in Python as workers/messages/match_sends.py does
    for unconfirmed sends, and updating would be three round trips while the account's lock is held. match_sends is
    stricter: it gives up when two messages could be meant, where an echo takes the oldest.
    """
    await ADOPT_ECHOES.execute(cursor, {"rows": orjson.dumps(echoes).decode()})
    return [ChangedMessage(*row) for row in await cursor.fetchall()]


class QueueState(NamedTuple):
    """What a chat still has to send: a message that UniPile has not confirmed, and messages that are queued."""

    is_under_way: bool
    has_more: bool


async def inspect_queues(cursor: Cursor, chat_ids: list[int]) -> dict[int, QueueState]:
    """The queues of these chats that have anything to send, by chat id."""
    await cursor.execute(
        """select chat_id, bool_or(attempted_at is not null and provider_msg_id is null), bool_or(attempted_at is null)
           from channels_message where chat_id = any(%s) and status = 'sending' group by chat_id""",
        (chat_ids,),
    )
    return {row[0]: QueueState(*row[1:]) for row in await cursor.fetchall()}
