"""Verifies sends with an unknown outcome by reading UniPile's messages; never sends anything."""

import asyncio
from typing import Any

import structlog
from aiopg import Cursor

from server import metrics
from server.queue import VERIFY_SEND, enqueue
from server.store.messages import messages
from server.store.messages.message_rows import NewReceipt
from server.store.messages.messages import ChangedMessage
from server.store.sending import send_outcomes
from server.store.sending.send_outcomes import UnverifiedSend
from server.unipile.errors import UnipileError
from server.unipile.lists.messages import OwnMessage
from workers.context import Parts, parts_of
from workers.messages.match_sends import CLOCK_MARGIN, find_match
from workers.messages.outcomes import publish_outcome, settle_send

log = structlog.get_logger()

DEADLINE_SECONDS = 10.0


async def find_outcome(parts: Parts, message_id: int) -> bool:
    """Whether the message was found at UniPile, and settled; False also if UniPile could not be read."""
    try:
        return await _verify(parts, message_id)
    except (UnipileError, TimeoutError) as error:
        log.info("send_not_verified", message_id=message_id, error=type(error).__name__)
        return False


async def verify_send(ctx: dict[Any, Any], message_id: int) -> None:
    """One of the later verifications of an unconfirmed message."""
    parts = parts_of(ctx)
    try:
        found = await _verify(parts, message_id)
    except (UnipileError, TimeoutError):
        await parts.database.write(send_outcomes.postpone_verification, message_id)
        return
    metrics.VERIFICATIONS.labels("found" if found else "missing").inc()


async def queue_due_verifications(parts: Parts) -> None:
    """Mark accepted sends whose echo has not arrived as unconfirmed, and queue the verifications that are due."""
    seconds = parts.config.outbox.unseen_seconds
    for message_id in await parts.database.read(send_outcomes.list_unseen, seconds):
        changed = await parts.database.write(_mark_unconfirmed, message_id)
        if changed is not None:
            metrics.SENDS.labels("unseen").inc()
            await publish_outcome(parts, [changed])
    for message_id in await parts.database.write(send_outcomes.take_due_verifications):
        await enqueue(parts.redis, VERIFY_SEND, message_id)


async def _mark_unconfirmed(cursor: Cursor, message_id: int) -> ChangedMessage | None:
    if await send_outcomes.lock_message(cursor, message_id) is None:
        return None
    return await send_outcomes.mark_unconfirmed(cursor, message_id)


async def _verify(parts: Parts, message_id: int) -> bool:
    send = await parts.database.read(send_outcomes.fetch_unverified, message_id)
    if send is None:
        return True  # the echo was faster
    candidates = await parts.database.read(send_outcomes.list_candidates, message_id)
    since = min(each.attempted_at for each in (send, *candidates)) - CLOCK_MARGIN
    async with asyncio.timeout(DEADLINE_SECONDS):
        own = await parts.unipile.list_own_messages(send.provider_chat_id, since)
    found = await _match(parts, send, candidates, own)
    if found is None:
        return False
    if send.provider_msg_id is None:
        await settle_send(parts, message_id, "sent", provider_msg_id=found.provider_msg_id)
    if found.status != "sent":
        await publish_outcome(parts, await parts.database.write(_apply_tick, send, found))
    return True


async def _match(
    parts: Parts, send: UnverifiedSend, candidates: list[UnverifiedSend], own: list[OwnMessage]
) -> OwnMessage | None:
    """The message without a row that can only be this send. Of an accepted send, whose id is known, only a tick counts:
    that UniPile has it is known already.
    """
    if send.provider_msg_id is not None:
        return next(
            (m for m in own if m.provider_msg_id == send.provider_msg_id and m.status != "sent"), None
        )
    ids = [message.provider_msg_id for message in own]
    stored = await parts.database.read(send_outcomes.list_stored_sends, send.account_id, ids)
    return find_match(send, candidates, [message for message in own if message.provider_msg_id not in stored])


async def _apply_tick(cursor: Cursor, send: UnverifiedSend, found: OwnMessage) -> list[ChangedMessage]:
    await send_outcomes.lock_message(cursor, send.message_id)
    receipt: NewReceipt = {
        "account_id": send.account_id,
        "provider_msg_id": found.provider_msg_id,
        "status": found.status,
    }
    await messages.insert_receipts(cursor, [receipt])
    return await messages.apply_receipts(cursor, [send.account_id])
