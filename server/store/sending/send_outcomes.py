"""Sends with an unknown outcome: verified at UniPile, confirmed by their echo, or sent again by a user."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from aiopg import Cursor

from server.errors import failure
from server.said.said import said
from server.store.chats.sight import sees_now
from server.store.db.prepared import Prepared
from server.store.db.seq import STORE_SEQ, take_seqs_for
from server.store.messages.message_rows import MessageKey
from server.store.messages.messages import CHANGED, MESSAGE_JSON, ChangedMessage
from server.store.sending.sends import SendTarget

# After the first check right behind the attempt; after the last one only the echo or a user decides.
VERIFY_DELAYS_SECONDS = (5, 30, 120, 600)
# While UniPile is not reachable a check is postponed, for up to this long.
POSTPONED_SECONDS, GIVE_UP_SECONDS = 60, 24 * 3600

UNSEEN = failure("unseen", said("unconfirmed_unseen"))


class UnverifiedSend(NamedTuple):
    """A send to verify; `provider_msg_id` is set if UniPile had accepted it."""

    message_id: int
    account_id: int
    provider_chat_id: str
    body: str
    attempted_at: datetime
    provider_msg_id: str | None
    status: str
    files: list[Mapping[str, object]]  # its attachments, as the message shows them


UNVERIFIED_SEND = """m.id, m.account_id, c.provider_chat_id, coalesce(m.body, ''), m.attempted_at,
    m.provider_msg_id, m.status, m.attachments"""
# Sends of one chat within this time may be confused with each other.
CANDIDATE_SECONDS = 600


async def fetch_unverified(cursor: Cursor, message_id: int) -> UnverifiedSend | None:
    """The send to verify; None if its outcome is known by now."""
    await cursor.execute(
        f"""select {UNVERIFIED_SEND} from channels_message m join channels_chat c on c.id = m.chat_id
            where m.id = %s and m.status in ('sending', 'unconfirmed') and m.attempted_at is not null""",
        (message_id,),
    )
    row = await cursor.fetchone()
    return row and UnverifiedSend(*row)


async def list_candidates(cursor: Cursor, message_id: int) -> list[UnverifiedSend]:
    """The sends of the same chat and about the same time that have no id either, this one included; oldest first."""
    await cursor.execute(
        f"""select {UNVERIFIED_SEND} from channels_message own
            join channels_message m on m.chat_id = own.chat_id
            join channels_chat c on c.id = m.chat_id
            where own.id = %(id)s and m.direction = 'out' and m.provider_msg_id is null
                and m.status in ('sending', 'unconfirmed')
                and m.sent_at > own.attempted_at - interval '1 day'
                and m.attempted_at between own.attempted_at - make_interval(secs => %(seconds)s)
                                       and own.attempted_at + make_interval(secs => %(seconds)s)
            order by m.attempted_at, m.id""",
        {"id": message_id, "seconds": CANDIDATE_SECONDS},
    )
    return [UnverifiedSend(*row) for row in await cursor.fetchall()]


async def take_due_verifications(cursor: Cursor, limit: int = 100) -> list[int]:
    """The unconfirmed messages due for verification; each is scheduled for its next check before this one."""
    await cursor.execute(
        """update channels_message m set looks = m.looks + 1,
               next_look_at = now() + make_interval(secs => (%(delays)s::int[])[m.looks + 1])
           from (select id from channels_message where status = 'unconfirmed' and next_look_at <= now()
                 order by next_look_at limit %(limit)s for update skip locked) due
           where m.id = due.id returning m.id""",
        {"delays": [*VERIFY_DELAYS_SECONDS[1:]], "limit": limit},
    )
    return [row[0] for row in await cursor.fetchall()]


async def postpone_verification(cursor: Cursor, message_id: int) -> None:
    """Do not count a check that could not be made, for up to a day."""
    await cursor.execute(
        """update channels_message set looks = greatest(looks - 1, 0),
               next_look_at = now() + make_interval(secs => %s)
           where id = %s and status = 'unconfirmed' and attempted_at > now() - make_interval(secs => %s)""",
        (POSTPONED_SECONDS, message_id, GIVE_UP_SECONDS),
    )


async def list_stored_sends(cursor: Cursor, account_id: int, provider_msg_ids: Sequence[str]) -> set[str]:
    """Which of these provider ids messages of the account have; they belong to other sends."""
    await cursor.execute(
        "select provider_msg_id from channels_message where account_id = %s and provider_msg_id = any(%s)",
        (account_id, list(provider_msg_ids)),
    )
    return {row[0] for row in await cursor.fetchall()}


async def list_unseen(cursor: Cursor, seconds: int, limit: int = 100) -> list[int]:
    """Accepted sends for which neither echo nor tick has arrived within `seconds`, oldest first."""
    await cursor.execute(
        """select id from channels_message
           where status = 'sent' and client_id is not null and seen_at is null
               and attempted_at < now() - make_interval(secs => %s)
           order by attempted_at limit %s""",
        (seconds, limit),
    )
    return [row[0] for row in await cursor.fetchall()]


async def mark_unconfirmed(cursor: Cursor, message_id: int) -> ChangedMessage | None:
    """Turn an accepted send into unconfirmed; None if its echo came meanwhile. The account must be locked."""
    await cursor.execute(
        f"""with m as (
                update channels_message t set status = 'unconfirmed', error = %(error)s::jsonb, looks = 0,
                    next_look_at = now(), seq = a.seq + 1, updated_at = now()
                from channels_account a
                where t.id = %(id)s and a.id = t.account_id and t.status = 'sent' and t.seen_at is null
                returning t.*
            ), {STORE_SEQ}
            select {CHANGED} from m""",
        {"id": message_id, "error": orjson.dumps(UNSEEN).decode()},
    )
    row = await cursor.fetchone()
    return row and ChangedMessage(*row)


class LockedMessage(NamedTuple):
    """The account of a message, locked by this transaction, and its payer."""

    account_id: int
    owner_id: int


LOCK_MESSAGE = Prepared(
    "lock_message",
    """select a.id, a.user_id from channels_message m join channels_account a on a.id = m.account_id
       where m.id = %(id)s for no key update of a""",
)


async def lock_message(cursor: Cursor, message_id: int) -> LockedMessage | None:
    """Lock the message's account; None if the message does not exist."""
    await LOCK_MESSAGE.execute(cursor, {"id": message_id})
    row = await cursor.fetchone()
    return row and LockedMessage(*row)


async def lock_message_first(cursor: Cursor, message_id: int) -> None:
    """Lock the message's account in the next statement's round trip; that statement checks that the message exists."""
    await LOCK_MESSAGE.execute_later(cursor, {"id": message_id})


# Echoes of sends whose id is known from UniPile's answer.
NOTE_SEEN = Prepared(
    "note_seen",
    f"""
    with echo as (
        select m.id, m.account_id, m.status, row_number() over (
            partition by m.account_id, m.status = 'unconfirmed' order by m.id) as n
        from jsonb_to_recordset(%(rows)s::jsonb) as x (account_id bigint, provider_msg_id text)
        join channels_message m using (account_id, provider_msg_id)
        where m.direction = 'out' and m.client_id is not null
            and (m.status = 'unconfirmed' or m.status = 'sent' and m.seen_at is null)
    ), {take_seqs_for("echo", where="status = 'unconfirmed'")}, quiet as (
        update channels_message t set seen_at = now() from echo where t.id = echo.id and echo.status = 'sent'
    ), m as (
        update channels_message t set status = 'sent', error = null, seen_at = now(), next_look_at = null,
            accepted_at = coalesce(t.accepted_at, now()), seq = seqs.base + echo.n, updated_at = now()
        from echo join seqs on seqs.account_id = echo.account_id
        where t.id = echo.id and echo.status = 'unconfirmed'
        returning t.*
    )
    select {CHANGED} from m order by m.account_id, m.seq""",
)


async def note_seen_sends(cursor: Cursor, keys: Sequence[MessageKey]) -> list[ChangedMessage]:
    """Record that echoes of these messages have arrived; returns those that were unconfirmed, by account and seq. The
    accounts are locked.
    """
    await NOTE_SEEN.execute(cursor, {"rows": orjson.dumps(keys).decode()})
    return [ChangedMessage(*row) for row in await cursor.fetchall()]


class RetryTarget(NamedTuple):
    """A message to send again; the transaction holds the locks of its account and row."""

    target: SendTarget
    chat_id: int
    status: str
    body: str
    attachments: list[Mapping[str, object]]


async def lock_retry_target(
    cursor: Cursor, user_id: int, provider: str, account_id: int, message_id: int
) -> RetryTarget | None:
    """Lock account and message; None if either does not exist or is not the user's."""
    await cursor.execute(
        """select a.id, a.user_id, a.status, u.role, m.chat_id, m.status, coalesce(m.body, ''), m.attachments::text
           from channels_account a
           join channels_account_member u on u.account_id = a.id and u.user_id = %(user_id)s
           join channels_message m on m.account_id = a.id and m.id = %(message_id)s
           where a.id = %(account_id)s and a.provider = %(provider)s
           for no key update of a, m""",
        {"user_id": user_id, "provider": provider, "account_id": account_id, "message_id": message_id},
    )
    row = await cursor.fetchone()
    if row is None or not await sees_now(cursor, user_id, row[4]):
        return None
    return RetryTarget(SendTarget(*row[:4]), row[4], row[5], row[6], orjson.loads(row[7]))


async def queue_again(cursor: Cursor, message_id: int) -> tuple[ChangedMessage, str]:
    """Queue a message again; returns (message, new sent_at). What is known of the last attempt stays with that
    attempt. The account and the message are locked.
    """
    await cursor.execute(
        f"""with m as (
                update channels_message t set status = 'sending', error = null, attempted_at = null,
                    provider_msg_id = null, sent_at = now(), counted_at = now(), seen_at = null, scheduled_at = null,
                    accepted_at = null, delivered_at = null, read_at = null,
                    looks = 0, next_look_at = null,
                    seq = a.seq + 1, updated_at = now()
                from channels_account a where t.id = %s and a.id = t.account_id
                returning t.*
            ), {STORE_SEQ}
            select {CHANGED}, rfc3339(m.sent_at) from m""",
        (message_id,),
    )
    row = await cursor.fetchone()
    return ChangedMessage(*row[:8]), str(row[8])


async def clear_failed(cursor: Cursor, message_id: int) -> str | None:
    """Empty a failed message that is to be deleted and return it as JSON; None if it has not failed, or is being sent
    again. The account must be locked.
    """
    await cursor.execute(
        f"""with m as (
                update channels_message t set body = null, attachments = '[]', deleted_at = now(), updated_at = now()
                where t.id = %s and t.status = 'failed' returning t.*)
            select {MESSAGE_JSON} from m""",
        (message_id,),
    )
    row = await cursor.fetchone()
    return row and str(row[0])


async def list_lost_sends(cursor: Cursor, seconds: int) -> list[tuple[int, int, bool]]:
    """(message id, chat id, whether it was handed to UniPile) of sends that no worker has touched for `seconds` after
    they were due, oldest first.
    """
    await cursor.execute(
        """select id, chat_id, attempted_at is not null from channels_message
           where status = 'sending'
               and greatest(coalesce(attempted_at, created_at), scheduled_at) < now() - make_interval(secs => %s)
           order by id limit 500""",
        (seconds,),
    )
    return [tuple(row) for row in await cursor.fetchall()]
