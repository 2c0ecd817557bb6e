"""Sweeps: asks UniPile for everything since the last time, and stores what the webhooks missed."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from server import metrics
from server.queue import (
    IMPORT_HISTORY,
    INGEST_QUEUE,
    REFRESH_ACCOUNT,
    SWEEP_ACCOUNT,
    enqueue,
    queue_age_seconds,
)
from server.realtime.broker import publish
from server.realtime.pushes import account_push
from server.store.accounts import sync_state
from server.store.accounts.sync_state import ClaimedSweep
from server.unipile.errors import Rejected
from workers.context import Parts, parts_of
from workers.leases import LEASE_SECONDS, renewed_lease
from workers.sync.import_history import LOST_SECONDS
from workers.sync.phone_flags import sweep_flags
from workers.sync.store_pages import PageStore
from workers.sync_requests import request_sweep, seconds_since

log = structlog.get_logger()

STINT_SECONDS = 15.0
AGAIN_SECONDS = 2.0
# Webhooks that wait in our own queue for so long are not lost: they are stored first, and the sweep waits.
BACKLOG_SECONDS = 5.0
# A wish for a sweep that could not be met for so long is left to the slow round.
PATIENCE_SECONDS = 600.0
# Several workers that start together need not each sweep.
FRESH_SECONDS = 30.0


@dataclass(slots=True)
class Progress:
    """Where a sweep that takes several jobs goes on; travels as JSON."""

    began_at: str
    after: str
    cursor: str
    has_found: bool


async def sweep_account(
    ctx: dict[Any, Any], account_id: int, wanted_at: float, progress: dict[str, Any] | None = None
) -> None:
    """Sweep an account, unless one that began after the wish (seconds since 1970) has ended. Safe to run again."""
    parts = parts_of(ctx)
    wanted = datetime.fromtimestamp(wanted_at, UTC)
    if not await parts.database.read(sync_state.wants_sweep, account_id, wanted):
        return
    sweep, is_overdue = None, await seconds_since(parts, wanted_at) > PATIENCE_SECONDS
    if await queue_age_seconds(parts.redis, INGEST_QUEUE) < BACKLOG_SECONDS or is_overdue:
        sweep = await parts.database.write(
            sync_state.lease_sweep, account_id, seconds=LEASE_SECONDS, margin=parts.config.sync.margin_seconds
        )
    if sweep is None:
        if not is_overdue:
            await enqueue(
                parts.redis, SWEEP_ACCOUNT, account_id, wanted_at, progress, delay_seconds=AGAIN_SECONDS
            )
        return
    try:
        async with renewed_lease(parts, account_id, sync_state.renew_sweep):
            await _sweep(parts, account_id, wanted_at, sweep, Progress(**progress) if progress else None)
    except Rejected as error:
        metrics.SWEEPS.labels("refused").inc()
        log.info("sweep_refused", account_id=account_id, error=error.type)
        await enqueue(parts.redis, REFRESH_ACCOUNT, account_id)
    finally:
        await parts.database.write(sync_state.release_sweep, account_id)


async def _sweep(
    parts: Parts, account_id: int, wanted_at: float, sweep: ClaimedSweep, progress: Progress | None
) -> None:
    found = await parts.unipile.fetch_account(sweep.external_account_id)
    if not found.works:
        # What it answers now is old (§3): a sweep would pass over what is still to come.
        metrics.SWEEPS.labels("not_connected").inc()
        await enqueue(parts.redis, REFRESH_ACCOUNT, account_id)
        return
    began_at = datetime.fromisoformat(progress.began_at) if progress else sweep.began_at
    after = datetime.fromisoformat(progress.after) if progress else sweep.after
    late_seconds = parts.config.sync.late_seconds
    reader = PageStore(parts, account_id, sweep.external_account_id, late_seconds)
    reader.has_found = progress is not None and progress.has_found
    held_back, cursor, until = 0, progress.cursor if progress else None, time.monotonic() + STINT_SECONDS
    while True:
        page = await reader.unipile.list_messages(sweep.external_account_id, after, cursor)
        held_back += (await reader.store(page.items)).delayed
        cursor = page.cursor
        if cursor is None or time.monotonic() > until:
            break
    if cursor is not None:
        rest = Progress(began_at.isoformat(), after.isoformat(), cursor, reader.has_found)
        await _go_on(parts, account_id, wanted_at, rest)
        return
    await sweep_flags(parts, account_id, sweep.external_account_id)
    await _finish(parts, account_id, began_at, reader)
    if held_back:
        # Own messages whose chat has a send under way: they can be told apart when its answer is here.
        await request_sweep(parts, account_id, delay_seconds=AGAIN_SECONDS)


async def _go_on(parts: Parts, account_id: int, wanted_at: float, rest: Progress) -> None:
    # The job that goes on must not wait for this one's claim.
    await parts.database.write(sync_state.release_sweep, account_id)
    values = {
        "began_at": rest.began_at,
        "after": rest.after,
        "cursor": rest.cursor,
        "has_found": rest.has_found,
    }
    await enqueue(parts.redis, SWEEP_ACCOUNT, account_id, wanted_at, values)


async def _finish(parts: Parts, account_id: int, began_at: datetime, reader: PageStore) -> None:
    metrics.SWEEPS.labels("found" if reader.has_found else "nothing").inc()
    seconds = parts.config.sync.sweep_seconds
    await parts.database.write(sync_state.finish_sweep, account_id, began_at, seconds)
    if not reader.has_found:
        return
    numbered = await parts.database.write(sync_state.bump_account_seq, account_id)
    if numbered is not None:
        push = account_push(account_id, *numbered)
        await publish(parts.redis, account_id, [push])
        log.info("found_late", account_id=account_id)


async def sweep_unswept(parts: Parts) -> None:
    """At a worker's start: nobody may have listened for a while."""
    for account_id in await parts.database.read(sync_state.list_unswept, FRESH_SECONDS):
        await request_sweep(parts, account_id)


async def queue_due_syncs(parts: Parts) -> None:
    """A round: sweeps that are due, imports that nobody carries on."""
    for account_id in await parts.database.write(sync_state.take_due_sweeps, parts.config.sync.sweep_seconds):
        await request_sweep(parts, account_id)
    for account_id in await parts.database.write(sync_state.take_due_imports, LOST_SECONDS):
        await enqueue(parts.redis, IMPORT_HISTORY, account_id)
