"""Hands messages to UniPile, in order within a chat, and writes what became of them: no more than is known."""

import time
from typing import Any

import psycopg2
import structlog
from aiopg import Cursor

from server import metrics
from server.errors import Unavailable
from server.queue import AMEND_MESSAGE, SEND_CHAT, enqueue
from server.realtime.broker import publish
from server.realtime.events import make_push
from server.store import amendments, messages, outbox, usage
from server.store.messages import ChangedMessage
from server.store.outbox import Attempt
from server.unipile.errors import NotTaken, OutcomeUnknown, Rejected, UnipileError
from workers.context import Parts, parts_of

log = structlog.get_logger()

PROVIDER = "whatsapp"
STINT_SECONDS = 20.0
UNKNOWN_OUTCOME = "UniPile did not say whether the message went out."


async def send_chat(ctx: dict[Any, Any], chat_id: int) -> None:
    """Send what waits in one chat, oldest first. Run by two workers at once, one of them finds nothing to take.

    A long queue is worked off in several jobs: a call that the job's time limit cut off would have an unknown outcome.
    """
    parts, begun = parts_of(ctx), time.monotonic()
    while (attempt := await parts.database.write(outbox.claim_attempt, chat_id)) is not None:
        await _attempt(parts, attempt)
        if time.monotonic() - begun > STINT_SECONDS:
            await enqueue(parts.redis, SEND_CHAT, chat_id)
            return


async def _attempt(parts: Parts, attempt: Attempt) -> None:
    try:
        provider_msg_id = await parts.unipile.send_text(
            attempt.external_account_id,
            attempt.provider_chat_id,
            attempt.body,
            quoted_msg_id=attempt.quoted_msg_id,
        )
    except NotTaken:
        # Nothing went out: back to the head of the queue, and the job comes again later.
        await parts.database.write(outbox.release_attempt, attempt.message_id)
        metrics.SENDS.labels("postponed").inc()
        raise
    except Rejected as error:
        await settle(parts, attempt.message_id, "failed", error=_reason(error))
    except (OutcomeUnknown, UnipileError) as error:
        # There is no key to ask with: it is not sent again by us, and not called sent (unipile-api.md §1.6).
        await settle(parts, attempt.message_id, "unconfirmed", error=_reason(error, UNKNOWN_OUTCOME))
    else:
        await settle(parts, attempt.message_id, "sent", provider_msg_id=provider_msg_id)


def _reason(error: UnipileError, sentence: str | None = None) -> dict[str, str]:
    return {"code": error.type, "message": sentence or error.title}


async def settle(
    parts: Parts,
    message_id: int,
    status: str,
    *,
    provider_msg_id: str | None = None,
    error: dict[str, str] | None = None,
) -> None:
    """Write an outcome and tell the rooms; a job cut off before it did is finished by the look-around."""
    metrics.SENDS.labels(status).inc()
    try:
        settled = await parts.database.write(_settle, message_id, status, provider_msg_id, error)
    except psycopg2.errors.UniqueViolation:
        # Its echo came in other words, waited as long as echoes wait, and stands as a row of its own.
        settled = await parts.database.write(_settle, message_id, status, None, error)
    if not settled:
        return
    pushes = [
        make_push(
            "message:sent" if message.status == "sent" else "message:updated",
            message.account_id,
            message.seq,
            message.chat_id,
            message.json,
        )
        for message in settled
    ]
    try:
        if provider_msg_id is not None:
            await _amend(parts, settled[0].account_id, provider_msg_id)
        await publish(parts.redis, settled[0].account_id, pushes)
    except Unavailable:
        log.warning("outcome_not_published", message_id=message_id)


async def _amend(parts: Parts, account_id: int, provider_msg_id: str) -> None:
    """Somebody may have reacted before we knew the message's id."""
    key = {"account_id": account_id, "provider_msg_id": provider_msg_id}
    if await parts.database.read(amendments.list_amended, [key]):
        await enqueue(parts.redis, AMEND_MESSAGE, account_id, provider_msg_id)


async def _settle(
    cursor: Cursor, message_id: int, status: str, provider_msg_id: str | None, error: dict[str, str] | None
) -> list[ChangedMessage]:
    """The outcome, what a definite failure gives back, and ticks that had come before the id was known."""
    known = await outbox.lock_message(cursor, message_id)
    if known is None:
        return []
    changed = await outbox.settle_attempt(
        cursor, message_id, status, provider_msg_id=provider_msg_id, error=error
    )
    if changed is None:
        return []
    if status == "failed" and changed.status == "failed":
        await usage.lower_sent(cursor, known.owner_id, PROVIDER, known.period_ym)
    return [changed, *await messages.apply_receipts(cursor, [changed.account_id])]
