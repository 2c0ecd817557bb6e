"""Asks for sweeps. A wish carries its moment by the database's clock, as the sweeps before it have theirs."""

from server.queue import SWEEP_ACCOUNT, enqueue
from server.store.accounts import sync_state
from workers.context import Parts


async def request_sweep(parts: Parts, account_id: int, *, delay_seconds: float = 0) -> None:
    """Queue a sweep that is left out if another one begins after this moment and ends before its turn."""
    moment = await parts.database.read(sync_state.read_clock)
    await enqueue(parts.redis, SWEEP_ACCOUNT, account_id, moment, delay_seconds=delay_seconds)


async def seconds_since(parts: Parts, moment: float) -> float:
    """How old a wish is."""
    return await parts.database.read(sync_state.read_clock) - moment
