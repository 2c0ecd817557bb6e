"""A worker process's sign of life in Redis; its connections and workers are made anew when that fails for a while."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog

from server.cancellation import end_tasks
from server.queue import WORKER_HEARTBEAT_SECONDS, heartbeat
from server.redis.client import Client
from server.redis.reasons import UNREACHABLE, reason_of
from workers.runner import Supervisor

log = structlog.get_logger()

# Longer than a lease: what ran here has been taken over, or will be, and is ended.
RENEW_SECONDS = 15.0
# A process that stood still for that long has missed one beat, and nothing is wrong with it.
MISSES = 2


@asynccontextmanager
async def monitored(redis: Client, crew: Sequence[Supervisor]) -> AsyncIterator[None]:
    """Until the block is left: say that this process lives as long as its workers look into their queues."""
    task = asyncio.create_task(LivenessMonitor(redis, crew).run())
    try:
        yield
    finally:
        await end_tasks([task])


class LivenessMonitor:
    """One process's workers, and when they were last known to be well."""

    def __init__(self, redis: Client, crew: Sequence[Supervisor]) -> None:
        self._redis = redis
        self._crew = crew
        self._well_at = time.monotonic()
        self._misses = 0
        self._is_renewed = False

    async def run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(WORKER_HEARTBEAT_SECONDS)

    async def look(self) -> None:
        """Beat; when that has failed for RENEW_SECONDS, make the connections and workers anew."""
        obstacle = await self._obstacle()
        now = time.monotonic()
        if obstacle is None:
            if self._is_renewed:
                log.warning("worker_recovered", seconds=round(now - self._well_at))
            self._well_at, self._misses, self._is_renewed = now, 0, False
            return
        self._misses += 1
        if self._misses >= MISSES and now - self._well_at >= RENEW_SECONDS:
            await self._renew(obstacle, now - self._well_at)

    async def _obstacle(self) -> str | None:
        silent = [one.queue_name for one in self._crew if one.seconds_since_look() > RENEW_SECONDS]
        if silent:
            return f"nothing was taken from {', '.join(silent)}"
        try:
            await heartbeat(self._redis)
            for one in self._crew:
                # A look into an empty queue only reads: a replica answers it, for ever with nothing.
                client = one.worker.client
                async with asyncio.timeout(client.limit_seconds):
                    await heartbeat(client)
        except UNREACHABLE as error:
            return f"Redis {reason_of(error).sentence}"
        return None

    async def _renew(self, obstacle: str, seconds: float) -> None:
        log.error("worker_renewed", reason=f"{obstacle}.", seconds=round(seconds))
        self._misses, self._is_renewed = 0, True
        await self._redis.renew()
        for one in self._crew:
            await one.renew()
