"""Writes what became of a send, no more than is known, and tells the rooms."""

import psycopg2
import structlog
from aiopg import Cursor

from server import metrics
from server.errors import Unavailable
from server.queue import AMEND_MESSAGE, enqueue
from server.realtime.broker import publish
from server.realtime.events import make_push
from server.store import amendments, attempts, messages, outbox, quotes
from server.store.messages import ChangedMessage
from server.unipile.errors import UnipileError
from workers.context import Parts

log = structlog.get_logger()


def reason(error: UnipileError) -> dict[str, str]:
    """UniPile's word for programs, our sentence for people."""
    return {"code": error.type, "message": error.advice}


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
    try:
        if provider_msg_id is not None and settled:
            await _amend(parts, settled[0].account_id, provider_msg_id)
    except Unavailable:
        log.warning("amendment_not_queued", message_id=message_id)
    parts.counted.update(message.account_id for message in settled)
    await announce(parts, settled)


async def _amend(parts: Parts, account_id: int, provider_msg_id: str) -> None:
    """Somebody may have reacted before we knew the message's id."""
    key = {"account_id": account_id, "provider_msg_id": provider_msg_id}
    if await parts.database.read(amendments.list_amended, [key]):
        await enqueue(parts.redis, AMEND_MESSAGE, account_id, provider_msg_id)


async def announce(parts: Parts, changed: list[ChangedMessage]) -> None:
    """Push changed messages of one account; what is not pushed now, a reader of changes finds."""
    if not changed:
        return
    pushes = [
        make_push(
            "message:sent" if message.status == "sent" else "message:updated",
            message.account_id,
            message.seq,
            message.chat_id,
            message.json,
        )
        for message in changed
    ]
    try:
        await publish(parts.redis, changed[0].account_id, pushes)
    except Unavailable:
        log.warning("outcome_not_published", message_id=changed[0].id)


async def _settle(
    cursor: Cursor, message_id: int, status: str, provider_msg_id: str | None, error: dict[str, str] | None
) -> list[ChangedMessage]:
    """The outcome, and ticks that had come before the id was known; a definite failure gives its count back."""
    if await attempts.lock_message(cursor, message_id) is None:
        return []
    changed = await outbox.settle_attempt(
        cursor,
        message_id,
        status,
        provider_msg_id=provider_msg_id,
        error=error,
        look_seconds=attempts.LOOK_DELAYS_SECONDS[0] if status == "unconfirmed" else None,
    )
    if changed is None:
        return []
    answers = []
    if provider_msg_id is not None:
        key = {"account_id": changed.account_id, "provider_msg_id": provider_msg_id}
        answers = await quotes.renumber_answers(cursor, [key])
    return [changed, *answers, *await messages.apply_receipts(cursor, [changed.account_id])]
