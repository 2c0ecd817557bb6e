"""Checks and runs imports of contacts, batch by batch; another worker continues what a killed one leaves."""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from itertools import islice

import structlog

from server.cancellation import is_ending
from server.contacts import import_batches
from server.contacts.contact_table import TableRow, UnreadableTableError, read_rows
from server.contacts.import_batches import BatchSize
from server.media.storage import Missing
from server.realtime.broker import publish_or_log
from server.store.contacts import contact_imports
from server.store.contacts.contact_imports import LeasedImport
from workers.context import Parts
from workers.leases import LEASE_SECONDS, renewed_lease

log = structlog.get_logger()

IMPORT_SECONDS = 1.0


async def run_imports(parts: Parts) -> None:
    """Run all imports that are due, one after another; delete expired ones."""
    await parts.database.write(contact_imports.delete_expired)
    while (leased := await parts.database.write(contact_imports.lease_import, LEASE_SECONDS)) is not None:
        async with renewed_lease(parts, leased.id, contact_imports.renew_import):
            if not await _run(parts, leased):
                return


async def _run(parts: Parts, leased: LeasedImport) -> bool:
    """Run an import to its end; False if the worker stops before it, and another one continues."""
    try:
        rows = await _open_rows(parts, leased)
        leased, is_ended = await _store_rows(parts, leased, rows)
    except (Missing, UnreadableTableError) as error:
        log.warning("import_failed", import_id=leased.id, error=type(error).__name__)
        await parts.database.write(contact_imports.finish_import, leased, "failed")
        return True
    if not is_ended:
        return False
    if leased.position == leased.rows:
        state = "checked" if leased.state == "checking" else "done"
        await parts.database.write(contact_imports.finish_import, leased, state)
        log.info("import_ended", import_id=leased.id, state=state)
    return True


async def _open_rows(parts: Parts, leased: LeasedImport) -> Iterator[TableRow]:
    """The rows that are not stored yet."""
    chunks = await parts.storage.read(leased.sha256, 0, leased.size)
    data = b"".join([chunk async for chunk in chunks])
    rows = read_rows(data)
    # Parses all rows up to there.
    await asyncio.to_thread(deque, islice(rows, leased.position), 0)
    return rows


async def _store_rows(
    parts: Parts, leased: LeasedImport, rows: Iterator[TableRow]
) -> tuple[LeasedImport, bool]:
    """Store batch after batch; returns the import at its new position, and whether this worker has no more to do."""
    size, waiting = BatchSize(), list[TableRow]()
    while not is_ending():
        waiting += islice(rows, size.rows - len(waiting))
        if not waiting:
            return leased, True
        known = await parts.database.read(import_batches.read_definitions)
        batch = import_batches.read_batch(waiting, leased.targets, known, size.rows)
        given, waiting = waiting[: batch.size], waiting[batch.size :]
        stored = await parts.database.write(import_batches.store_batch, leased, batch, given)
        if stored is None:
            return leased, True
        leased = leased._replace(position=leased.position + batch.size)
        if stored.locked_since is not None:
            size.adapt(time.monotonic() - stored.locked_since)
        if stored.pushes:
            await publish_or_log(parts.redis, leased.account_id, stored.pushes, "contact_not_published")
    return leased, False
