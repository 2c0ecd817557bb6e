"""Makes scheduled backups, one worker at a time, and shows in the metrics how old the last one is."""

import math
import time

import structlog

from server import metrics
from server.backups.writing import make_backup
from server.errors import ConfabError
from server.store.backups import runs
from workers.context import Parts

log = structlog.get_logger()

CHECK_SECONDS = 60.0
# After a backup that failed, so often at most.
RETRY_SECONDS = 900.0
SECONDS_AN_HOUR = 3600.0


async def make_due_backup(parts: Parts) -> None:
    """Make the backup that is due, unless another worker or the operator is making one: the lock of backups is a lease
    that ends with its process.
    """
    await show_last(parts)
    if not parts.config.backup.is_scheduled or not await is_due(parts):
        return
    to = parts.config.backup.to
    try:
        written = await make_backup(parts.config, parts.database, to, is_due=lambda: is_due(parts))
    except ConfabError as error:
        if error.code == "conflict":
            log.info("backup_postponed", reason=str(error))
            return
        metrics.BACKUPS.labels("failed").inc()
        log.error("backup_failed", reason=str(error))
        return
    except Exception:
        metrics.BACKUPS.labels("failed").inc()
        raise
    if written is not None:
        metrics.BACKUPS.labels("done").inc()
        log.info(
            "backup_made",
            name=written.manifest.name,
            seconds=round(written.seconds, 1),
            copied_bytes=written.copied_bytes,
            removed=len(written.removed),
        )
        await show_last(parts)


async def is_due(parts: Parts) -> bool:
    """Whether the last whole backup is old enough, and the last try not too young."""
    settings = parts.config.backup
    due = await parts.database.read(runs.fetch_due, settings.to.partition("?")[0])
    if due.tried_seconds is None:
        return True
    every = settings.every_hours * SECONDS_AN_HOUR
    if due.done_seconds is not None and due.done_seconds < every:
        return False
    return due.tried_seconds >= min(RETRY_SECONDS, every) or due.tried_seconds == due.done_seconds


class LastBackup:
    """When the last whole backup was made. Its age is computed when it is read, so that it goes on rising while no
    worker looks; infinite if there should be one, and not a number if none is wanted.
    """

    def __init__(self) -> None:
        self.made_at = math.nan

    def age(self) -> float:
        return time.time() - self.made_at


LAST = LastBackup()
metrics.BACKUP_AGE.set_function(LAST.age)


async def show_last(parts: Parts) -> None:
    """Show age, duration and size of the last whole backup, scheduled or made by hand."""
    last = await parts.database.read(runs.fetch_last)
    if last is None:
        LAST.made_at = -math.inf if parts.config.backup.is_scheduled else math.nan
        return
    LAST.made_at = time.time() - last.age_seconds
    metrics.BACKUP_SECONDS.set(last.seconds)
    metrics.BACKUP_BYTES.set(last.bytes)
