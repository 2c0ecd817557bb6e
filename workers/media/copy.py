"""Copies media from UniPile soon after they arrive."""

import asyncio
from typing import Any

import structlog
from aiopg import Cursor

from server import metrics
from server.media.storage import Incoming, StoredBlob, TooLarge
from server.media.types import attachment_type, declared_type, sniff
from server.queue import COPY_MEDIA, enqueue
from server.realtime.broker import publish
from server.realtime.pushes import message_push
from server.store.messages import attachments
from server.store.messages.attachments import Fetchable
from server.store.messages.messages import ChangedMessage
from server.unipile.errors import NotTaken, OutcomeUnknown, Rejected
from server.unipile.fields.vcards import MAX_CARD_BYTES, CardContact, read_cards
from workers.context import Parts, parts_of

log = structlog.get_logger()

# A lost job is queued again after this; a backlog is processed in batches.
LOST_SECONDS, LOST_BATCH = 300, 200
SHOWN_TYPES = ("img", "video", "audio")


async def copy_media(ctx: dict[Any, Any], message_id: int) -> None:
    """Copy the attachments of a message. Idempotent: only waiting attachments are fetched.

    While UniPile is unreachable a copy is retried without limit; a copy that UniPile fails is given up after `tries`.
    """
    parts = parts_of(ctx)
    is_last_try = ctx["job_try"] >= parts.config.worker.tries
    for wanted in await parts.database.read(attachments.list_fetchable, message_id):
        await _copy(parts, wanted, is_last_try=is_last_try)


async def _copy(parts: Parts, wanted: Fetchable, *, is_last_try: bool) -> None:
    limits = parts.config.media
    try:
        async with asyncio.timeout(limits.deadline_seconds):
            async with parts.storage.receive(limits.max_copy_bytes) as incoming:
                await _download(parts, wanted, incoming)
            await _store(parts, wanted, incoming)
    except TooLarge:
        await _store_outcome(parts, wanted, "failed", {"error": "too_large"})
    except Rejected as error:
        # Deleted at WhatsApp, or not available to this account; a user may retry.
        await _store_outcome(parts, wanted, "expired" if error.is_absent else "failed", {"error": error.type})
    except (OutcomeUnknown, TimeoutError) as error:
        reason = error.type if isinstance(error, OutcomeUnknown) else "timeout"
        if not is_last_try:
            raise NotTaken(reason, "UniPile did not give the file.") from error
        await _store_outcome(parts, wanted, "failed", {"error": reason})


async def _download(parts: Parts, wanted: Fetchable, incoming: Incoming) -> None:
    async with parts.unipile.download(wanted.provider_msg_id, wanted.attachment_id) as chunks:
        async for chunk in chunks:
            await incoming.write(chunk)


async def _store(parts: Parts, wanted: Fetchable, incoming: Incoming) -> None:
    """First the blob's row, then its bytes, then the message's reference to it."""
    blob = incoming.finish()
    mimetype = declared_type(sniff(blob.head), wanted.mimetype)
    await parts.database.write(attachments.touch_blob, blob.sha256, blob.size, mimetype)
    await parts.storage.commit(incoming)
    changes: dict[str, object] = {"error": None, "mimetype": mimetype, "file_size": blob.size}
    if wanted.type == "contact" and blob.size <= MAX_CARD_BYTES:
        changes["contacts"] = await _read_cards(parts, blob)
    if wanted.type in SHOWN_TYPES and attachment_type(mimetype) not in SHOWN_TYPES:
        changes["type"] = "file"  # it was declared as media and is not
    await _store_outcome(parts, wanted, "stored", changes, blob)
    metrics.MEDIA_BYTES.inc(blob.size)


async def _read_cards(parts: Parts, blob: StoredBlob) -> list[CardContact]:
    """The contacts of a vCard file; empty when it is something else."""
    card = b"".join([chunk async for chunk in await parts.storage.read(blob.sha256, 0, blob.size)])
    return read_cards(card)


async def _store_outcome(
    parts: Parts, wanted: Fetchable, state: str, changes: dict[str, object], blob: StoredBlob | None = None
) -> None:
    """Store the outcome of an attachment and publish its message."""
    metrics.MEDIA.labels(state).inc()
    sha256 = blob.sha256 if blob else None
    changed = await parts.database.write(_write_state, wanted, {"state": state, **changes}, sha256)
    if changed is not None:
        push = message_push(changed)
        await publish(parts.redis, changed.account_id, [push])


async def _write_state(
    cursor: Cursor, wanted: Fetchable, changes: dict[str, object], sha256: str | None
) -> ChangedMessage | None:
    if not await attachments.lock_account_of(cursor, wanted.message_id):
        return None
    if sha256 is not None and not await attachments.refer(
        cursor, wanted.message_id, wanted.attachment_id, sha256
    ):
        return None  # deleted while its file was being copied
    return await attachments.change_attachment(cursor, wanted.message_id, wanted.attachment_id, changes)


async def queue_due_copies(parts: Parts) -> None:
    """Queue attachments that have waited for long: their job was lost or never queued."""
    lost = await parts.database.read(attachments.list_lost_copies, LOST_SECONDS, LOST_BATCH)
    for message_id in lost:
        await enqueue(parts.redis, COPY_MEDIA, message_id)
