"""Deletes files that no message refers to, their rows, and incomplete files."""

from datetime import timedelta

import structlog
from aiopg import Cursor

from server.media.storage import Storage
from server.store.messages import attachments
from workers.context import Parts

log = structlog.get_logger()

ORPHAN_HOURS, ORPHAN_BATCH = 24, 100
# Longer than any copy or upload takes between its blob row and the reference to it.
RELEASED_SECONDS = 600.0


async def clear_media(parts: Parts) -> None:
    """Delete uploads without a message after a day, and incomplete files."""
    removed = await parts.database.write(_remove_orphans, parts.storage)
    dropped = await parts.storage.drop_stale(timedelta(hours=ORPHAN_HOURS))
    if removed or dropped:
        log.info("media_cleared", orphans=removed, fragments=dropped)


async def clear_released(parts: Parts) -> None:
    """Delete the files of deleted messages, unless another message has the same file."""
    while count := await parts.database.write(_remove_released, parts.storage):
        log.info("released_media_checked", count=count)


async def _remove_released(cursor: Cursor, storage: Storage) -> int:
    """File first, then row: after an interruption the row leads to the file again."""
    released = await attachments.lock_released(cursor, RELEASED_SECONDS, ORPHAN_BATCH)
    unused = [blob.sha256 for blob in released if not blob.is_used]
    for sha256 in unused:
        await storage.delete(sha256)
    await attachments.upsert_blobs(cursor, [blob.sha256 for blob in released if blob.is_used])
    await attachments.delete_blobs(cursor, unused)
    return len(released)


async def _remove_orphans(cursor: Cursor, storage: Storage) -> int:
    """The rows stay locked until the bytes are deleted: an upload of the same bytes waits, then stores them again."""
    orphans = await attachments.lock_orphans(cursor, ORPHAN_HOURS, ORPHAN_BATCH)
    for sha256 in orphans:
        await storage.delete(sha256)
    await attachments.delete_blobs(cursor, orphans)
    return len(orphans)
