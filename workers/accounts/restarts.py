"""Restarts accounts that disconnected: a few times with exponential backoff, counted in the row, then a user must act.

An account that is signed out is never restarted: a restart cannot sign it in.
"""

from typing import Any

import structlog

from server import metrics
from server.queue import REFRESH_ACCOUNT, RESTART_ACCOUNT, enqueue
from server.rules.account_states import EXHAUSTED, Seen
from server.store.accounts import restarts
from server.store.accounts.restarts import RestartLimits
from server.unipile.errors import UnipileError
from workers.accounts.states import note
from workers.context import Parts, parts_of

log = structlog.get_logger()

# UniPile needs a moment. Its webhook may report the result earlier.
CHECK_AFTER_SECONDS = 3.0


def limits_of(parts: Parts) -> RestartLimits:
    settings = parts.config.restarts
    return RestartLimits(settings.most, settings.first_seconds, settings.growth)


async def queue_due_restarts(parts: Parts) -> None:
    """Queue due restarts; reset the count of accounts that have stayed connected since."""
    await parts.database.write(restarts.reset_stable, parts.config.restarts.forgive_seconds)
    for account_id in await parts.database.read(restarts.list_due, limits_of(parts)):
        await enqueue(parts.redis, RESTART_ACCOUNT, account_id)


async def restart_account(ctx: dict[Any, Any], account_id: int) -> None:
    """One restart. It is counted before the call, so that a killed worker, a second worker or a repeated job causes one
    restart less, never one more.
    """
    parts = parts_of(ctx)
    turn = await parts.database.write(restarts.take_turn, account_id, limits_of(parts))
    if turn is None:
        return
    if turn.external_account_id is None:
        metrics.RESTARTS.labels("exhausted").inc()
        log.warning("restarts_exhausted", account_id=account_id)
        await note(parts, account_id, Seen.RESTARTS_EXHAUSTED, EXHAUSTED)
        return
    outcome = await _restart(parts, account_id, turn.external_account_id)
    metrics.RESTARTS.labels(outcome).inc()
    log.info("account_restarted", account_id=account_id, number=turn.restarts, outcome=outcome)
    await enqueue(parts.redis, REFRESH_ACCOUNT, account_id, delay_seconds=CHECK_AFTER_SECONDS)


async def _restart(parts: Parts, account_id: int, external_account_id: str) -> str:
    """Call UniPile once; a failure waits for the next turn."""
    try:
        return "restarted" if await parts.unipile.restart_account(external_account_id) else "refused"
    except UnipileError as error:
        log.info("restart_failed", account_id=account_id, error=error.type)
        return "failed"
