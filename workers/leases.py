"""Renews the lease of an account's import or sweep while it runs; a killed worker's lease expires soon."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from aiopg import Cursor

from server.cancellation import end_tasks
from server.errors import Unavailable
from workers.context import Parts

log = structlog.get_logger()

# Renewed three times before it would expire. If a worker pauses for longer and another takes over, both store the same
# rows once.
LEASE_SECONDS, RENEW_SECONDS = 15.0, 4.0

Renew = Callable[[Cursor, int, float], Awaitable[None]]


@asynccontextmanager
async def renewed_lease(parts: Parts, account_id: int, renew: Renew) -> AsyncIterator[None]:
    """Renew the lease until the block ends."""
    task = asyncio.create_task(_renew(parts, account_id, renew))
    try:
        yield
    finally:
        await end_tasks([task])


async def _renew(parts: Parts, account_id: int, renew: Renew) -> None:
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        try:
            await parts.database.write(renew, account_id, LEASE_SECONDS)
        except Unavailable:
            log.info("lease_not_renewed", account_id=account_id)
