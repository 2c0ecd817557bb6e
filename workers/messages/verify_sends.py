"""Asks UniPile what became of sends whose outcome is unknown; nothing here ever sends."""

import asyncio
from typing import Any

import structlog
from aiopg import Cursor

from server import metrics
from server.queue import VERIFY_SEND, enqueue
from server.store.messages import messages
from server.store.messages.messages import ChangedMessage
from server.store.messages.rows import NewReceipt
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
    """Whether the message was found at UniPile, and settled; False also when nobody could look."""
    try:
        return await _verify(parts, message_id)
    except (UnipileError, TimeoutError) as error:
        log.info("send_not_looked_up", message_id=message_id, error=type(error).__name__)
        return False


async def verify_send(ctx: dict[Any, Any], message_id: int) -> None:
    """One of the later looks at an unconfirmed message."""
    parts = parts_of(ctx)
    try:
        found = await _verify(parts, message_id)
    except (UnipileError, TimeoutError):
        await parts.database.write(send_outcomes.postpone_verification, message_id)
        return
    metrics.LOOKS.labels("found" if found else "missing").inc()


async def queue_due_verifications(parts: Parts) -> None:
    """Call accepted sends that nobody has seen since unconfirmed, and queue the looks that are due."""
    seconds = parts.config.outbox.unseen_seconds
    for message_id in await parts.database.read(send_outcomes.list_unseen, seconds):
        doubted = await parts.database.write(_doubt, message_id)
        if doubted is not None:
            metrics.SENDS.labels("unseen").inc()
            await publish_outcome(parts, [doubted])
    for message_id in await parts.database.write(send_outcomes.take_due_verifications):
        await enqueue(parts.redis, VERIFY_SEND, message_id)


async def _doubt(cursor: Cursor, message_id: int) -> ChangedMessage | None:
    if await send_outcomes.lock_message(cursor, message_id) is None:
        return None
    return await send_outcomes.mark_unconfirmed(cursor, message_id)


async def _verify(parts: Parts, message_id: int) -> bool:
    look = await parts.database.read(send_outcomes.fetch_unverified, message_id)
    if look is None:
        return True  # the echo was quicker
    rivals = await parts.database.read(send_outcomes.list_candidates, message_id)
    since = min(send.attempted_at for send in (look, *rivals)) - CLOCK_MARGIN
    async with asyncio.timeout(DEADLINE_SECONDS):
        own = await parts.unipile.list_own_messages(look.provider_chat_id, since)
    found = await _match(parts, look, rivals, own)
    if found is None:
        return False
    if look.provider_msg_id is None:
        await settle_send(parts, message_id, "sent", provider_msg_id=found.provider_msg_id)
    if found.status != "sent":
        await publish_outcome(parts, await parts.database.write(_tick, look, found))
    return True


async def _match(
    parts: Parts, look: UnverifiedSend, rivals: list[UnverifiedSend], own: list[OwnMessage]
) -> OwnMessage | None:
    """The message that no row has and that can only be this send; of an accepted one, whose id is known, only a tick
    counts: that UniPile has it says nothing new.
    """
    if look.provider_msg_id is not None:
        return next(
            (m for m in own if m.provider_msg_id == look.provider_msg_id and m.status != "sent"), None
        )
    ids = [message.provider_msg_id for message in own]
    claimed = await parts.database.read(send_outcomes.list_stored_sends, look.account_id, ids)
    return find_match(look, rivals, [message for message in own if message.provider_msg_id not in claimed])


async def _tick(cursor: Cursor, look: UnverifiedSend, found: OwnMessage) -> list[ChangedMessage]:
    await send_outcomes.lock_message(cursor, look.message_id)
    receipt: NewReceipt = {
        "account_id": look.account_id,
        "provider_msg_id": found.provider_msg_id,
        "status": found.status,
    }
    await messages.insert_receipts(cursor, [receipt])
    return await messages.apply_receipts(cursor, [look.account_id])
