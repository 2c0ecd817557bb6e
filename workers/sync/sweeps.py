"""Sweeps: reads everything since the last sweep at UniPile, and stores what the webhooks missed."""

import time
from datetime import UTC, datetime
from typing import Any, TypedDict

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
from server.store.accounts.sync_state import LeasedSweep
from server.unipile.errors import Rejected
from workers.accounts.sweep_requests import request_sweep, seconds_since
from workers.context import Parts, parts_of
from workers.leases import LEASE_SECONDS, renewed_lease
from workers.sync.import_history import LOST_SECONDS
from workers.sync.phone_flags import sweep_flags
from workers.sync.store_pages import PageStore

log = structlog.get_logger()

STINT_SECONDS = 15.0
AGAIN_SECONDS = 2.0
# While webhooks have waited in our queue for this long, the sweep waits: they are late, not lost.
BACKLOG_SECONDS = 5.0
# A request older than this waits no longer: it sweeps now or is dropped, and the next periodic sweep follows.
MAX_WAIT_SECONDS = 600.0
# Workers that start together need not all sweep.
FRESH_SECONDS = 30.0


class SweepPosition(TypedDict):
    """The position of a sweep that takes several jobs, as the next job gets it; times are ISO 8601."""

    began_at: str
    after: str
    cursor: str
    has_found: bool


async def sweep_account(
    ctx: dict[Any, Any], account_id: int, wanted_at: float, position: SweepPosition | None = None
) -> None:
    """Sweep an account, unless a sweep that began after `wanted_at` (Unix time) has ended. Idempotent."""
    parts = parts_of(ctx)
    wanted = datetime.fromtimestamp(wanted_at, UTC)
    if not await parts.database.read(sync_state.wants_sweep, account_id, wanted):
        return
    sweep, is_overdue = None, await seconds_since(parts, wanted_at) > MAX_WAIT_SECONDS
    if await queue_age_seconds(parts.redis, INGEST_QUEUE) < BACKLOG_SECONDS or is_overdue:
        sweep = await parts.database.write(
            sync_state.lease_sweep, account_id, seconds=LEASE_SECONDS, margin=parts.config.sync.margin_seconds
        )
    if sweep is None:
        if not is_overdue:
            await enqueue(
                parts.redis, SWEEP_ACCOUNT, account_id, wanted_at, position, delay_seconds=AGAIN_SECONDS
            )
        return
    try:
        async with renewed_lease(parts, account_id, sync_state.renew_sweep):
            await _sweep(parts, account_id, wanted_at, sweep, position)
    except Rejected as error:
        metrics.SWEEPS.labels("refused").inc()
        log.info("sweep_rejected", account_id=account_id, error=error.type)
        await enqueue(parts.redis, REFRESH_ACCOUNT, account_id)
    finally:
        await parts.database.write(sync_state.release_sweep, account_id)


async def _sweep(
    parts: Parts, account_id: int, wanted_at: float, sweep: LeasedSweep, position: SweepPosition | None
) -> None:
    found = await parts.unipile.fetch_account(sweep.external_account_id)
    if not found.works:
        # Its store is not up to date yet (§3): a sweep would skip messages that are still to come.
        metrics.SWEEPS.labels("not_connected").inc()
        await enqueue(parts.redis, REFRESH_ACCOUNT, account_id)
        return
    began_at = datetime.fromisoformat(position["began_at"]) if position else sweep.began_at
    after = datetime.fromisoformat(position["after"]) if position else sweep.after
    late_seconds = parts.config.sync.late_seconds
    pages = PageStore(parts, account_id, sweep.external_account_id, late_seconds)
    pages.has_found = position is not None and position["has_found"]
    delayed, cursor, until = 0, position["cursor"] if position else None, time.monotonic() + STINT_SECONDS
    while True:
        page = await pages.unipile.list_messages(sweep.external_account_id, after, cursor)
        delayed += (await pages.store(page.items)).delayed
        cursor = page.cursor
        if cursor is None or time.monotonic() > until:
            break
    if cursor is not None:
        following: SweepPosition = {
            "began_at": began_at.isoformat(),
            "after": after.isoformat(),
            "cursor": cursor,
            "has_found": pages.has_found,
        }
        # The next job must not wait for this one's lease.
        await parts.database.write(sync_state.release_sweep, account_id)
        await enqueue(parts.redis, SWEEP_ACCOUNT, account_id, wanted_at, following)
        return
    await sweep_flags(parts, account_id, sweep.external_account_id)
    await _finish_sweep(parts, account_id, began_at, pages)
    if delayed:
        # Own messages whose chat has a send in progress can be matched once UniPile has responded.
        await request_sweep(parts, account_id, delay_seconds=AGAIN_SECONDS)


async def _finish_sweep(parts: Parts, account_id: int, began_at: datetime, pages: PageStore) -> None:
    metrics.SWEEPS.labels("found" if pages.has_found else "nothing").inc()
    seconds = parts.config.sync.sweep_seconds
    await parts.database.write(sync_state.finish_sweep, account_id, began_at, seconds)
    if not pages.has_found:
        return
    bumped = await parts.database.write(sync_state.bump_account_seq, account_id)
    if bumped is not None:
        push = account_push(account_id, *bumped)
        await publish(parts.redis, account_id, [push])
        log.info("found_late", account_id=account_id)


async def sweep_unswept(parts: Parts) -> None:
    """Sweep at a worker's start: no worker may have been running for a while."""
    for account_id in await parts.database.read(sync_state.list_unswept, FRESH_SECONDS):
        await request_sweep(parts, account_id)


async def queue_due_syncs(parts: Parts) -> None:
    """Queue the sweeps that are due, and imports that no worker continues."""
    for account_id in await parts.database.write(sync_state.take_due_sweeps, parts.config.sync.sweep_seconds):
        await request_sweep(parts, account_id)
    for account_id in await parts.database.write(sync_state.take_due_imports, LOST_SECONDS):
        await enqueue(parts.redis, IMPORT_HISTORY, account_id)
