"""Requests sweeps. A request carries its time by the database's clock, which also dates the sweeps."""

from server.queue import SWEEP_ACCOUNT, enqueue
from server.store.accounts import sync_state
from workers.context import Parts


async def request_sweep(parts: Parts, account_id: int, *, delay_seconds: float = 0) -> None:
    """Queue a sweep. It is skipped if another one begins after this and ends before it."""
    requested_at = await parts.database.read(sync_state.read_clock)
    await enqueue(parts.redis, SWEEP_ACCOUNT, account_id, requested_at, delay_seconds=delay_seconds)


async def seconds_since(parts: Parts, requested_at: float) -> float:
    """The age of a request, by the database's clock."""
    return await parts.database.read(sync_state.read_clock) - requested_at
