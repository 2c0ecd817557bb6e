"""Copies media from UniPile soon after they arrive, and clears away what nobody refers to."""

import asyncio
from datetime import timedelta
from typing import Any

import structlog
from aiopg import Cursor

from server import metrics
from server.media.storage import Incoming, Storage, StoredBlob, TooLarge
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

# A job that was lost is found again after this long; a backlog is worked off a piece at a time.
FORGOTTEN_SECONDS, FORGOTTEN_AT_ONCE = 300, 200
ORPHAN_HOURS, ORPHANS_AT_ONCE = 24, 100
# Longer than any copy or upload takes from touching its bytes to referring to them.
RELEASED_SECONDS = 600.0
SHOWN_TYPES = ("img", "video", "audio")


async def copy_media(ctx: dict[Any, Any], message_id: int) -> None:
    """Copy what a message brought. Safe to run again: only what still waits is fetched.

    While UniPile is away a copy waits as long as it takes; one that UniPile fails at is given up after some tries.
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
        await _settle(parts, wanted, "failed", {"error": "too_large"})
    except Rejected as error:
        # Gone at WhatsApp, or never to be had with this account; a person may try again.
        await _settle(parts, wanted, "expired" if error.is_gone else "failed", {"error": error.type})
    except (OutcomeUnknown, TimeoutError) as error:
        reason = error.type if isinstance(error, OutcomeUnknown) else "timeout"
        if not is_last_try:
            raise NotTaken(reason, "UniPile did not give the file.") from error
        await _settle(parts, wanted, "failed", {"error": reason})


async def _download(parts: Parts, wanted: Fetchable, incoming: Incoming) -> None:
    async with parts.unipile.download(wanted.provider_msg_id, wanted.attachment_id) as chunks:
        async for chunk in chunks:
            await incoming.write(chunk)


async def _store(parts: Parts, wanted: Fetchable, incoming: Incoming) -> None:
    """First the row that names the bytes, then the bytes, then the message that refers to them."""
    kept = incoming.finish()
    mimetype = declared_type(sniff(kept.head), wanted.mimetype)
    await parts.database.write(attachments.touch_blob, kept.sha256, kept.size, mimetype)
    await parts.storage.commit(incoming)
    changes: dict[str, Any] = {"error": None, "mimetype": mimetype, "file_size": kept.size}
    if wanted.type == "contact" and kept.size <= MAX_CARD_BYTES:
        changes["contacts"] = await _read_cards(parts, kept)
    if wanted.type in SHOWN_TYPES and attachment_type(mimetype) not in SHOWN_TYPES:
        changes["type"] = "file"  # it was called a picture and is none
    await _settle(parts, wanted, "stored", changes, kept)
    metrics.MEDIA_BYTES.inc(kept.size)


async def _read_cards(parts: Parts, kept: StoredBlob) -> list[CardContact]:
    """The people of a contact card that came as a file; none when it is something else."""
    card = b"".join([chunk async for chunk in await parts.storage.read(kept.sha256, 0, kept.size)])
    return read_cards(card)


async def _settle(
    parts: Parts, wanted: Fetchable, state: str, changes: dict[str, Any], kept: StoredBlob | None = None
) -> None:
    """Write what became of an attachment and tell the rooms."""
    metrics.MEDIA.labels(state).inc()
    sha256 = kept.sha256 if kept else None
    changed = await parts.database.write(_write_state, wanted, {"state": state, **changes}, sha256)
    if changed is not None:
        push = message_push(changed)
        await publish(parts.redis, changed.account_id, [push])


async def _write_state(
    cursor: Cursor, wanted: Fetchable, changes: dict[str, Any], sha256: str | None
) -> ChangedMessage | None:
    if not await attachments.lock_account_of(cursor, wanted.message_id):
        return None
    if sha256 is not None and not await attachments.refer(
        cursor, wanted.message_id, wanted.attachment_id, sha256
    ):
        return None  # deleted while its file was on the way
    return await attachments.change_attachment(cursor, wanted.message_id, wanted.attachment_id, changes)


async def queue_due_copies(parts: Parts) -> None:
    """Queue again what has been waiting for long: its job was lost, or never made."""
    forgotten = await parts.database.read(attachments.list_lost_copies, FORGOTTEN_SECONDS, FORGOTTEN_AT_ONCE)
    for message_id in forgotten:
        await enqueue(parts.redis, COPY_MEDIA, message_id)


async def clear_media(parts: Parts) -> None:
    """Remove uploads that no message refers to after a day, and what never became a file."""
    removed = await parts.database.write(_remove_orphans, parts.storage)
    dropped = await parts.storage.drop_stale(timedelta(hours=ORPHAN_HOURS))
    if removed or dropped:
        log.info("media_cleared", orphans=removed, fragments=dropped)


async def clear_released(parts: Parts) -> None:
    """Remove the files of deleted messages, unless another message has the same."""
    while count := await parts.database.write(_remove_released, parts.storage):
        log.info("released_media_looked_at", count=count)


async def _remove_released(cursor: Cursor, storage: Storage) -> int:
    """File first, then row: what is cut off in between is found again by its row."""
    released = await attachments.lock_released(cursor, RELEASED_SECONDS, ORPHANS_AT_ONCE)
    unused = [blob.sha256 for blob in released if not blob.is_used]
    for sha256 in unused:
        await storage.delete(sha256)
    await attachments.upsert_blobs(cursor, [blob.sha256 for blob in released if blob.is_used])
    await attachments.delete_blobs(cursor, unused)
    return len(released)


async def _remove_orphans(cursor: Cursor, storage: Storage) -> int:
    """The rows stay locked until the bytes are gone: whoever brings the same bytes meanwhile waits, and stores anew."""
    orphans = await attachments.lock_orphans(cursor, ORPHAN_HOURS, ORPHANS_AT_ONCE)
    for sha256 in orphans:
        await storage.delete(sha256)
    await attachments.delete_blobs(cursor, orphans)
    return len(orphans)
