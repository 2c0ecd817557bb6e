"""A worker process's heartbeat in Redis; replaces its connections and workers when it fails for a while."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog

from server.cancellation import end_tasks
from server.queue import WORKER_HEARTBEAT_SECONDS, heartbeat
from server.redis.client import Client
from server.redis.reasons import UNREACHABLE, reason_of
from workers.supervisor import Supervisor

log = structlog.get_logger()

# Longer than a lease: the jobs that ran here have been taken over, or will be, and are cancelled.
RENEW_SECONDS = 15.0
# A process that was paused for that long has missed one heartbeat and works again.
MIN_MISSES = 2


@asynccontextmanager
async def monitored(redis: Client, supervisors: Sequence[Supervisor]) -> AsyncIterator[None]:
    """Send heartbeats until the block ends, as long as the workers of this process read their queues."""
    task = asyncio.create_task(LivenessMonitor(redis, supervisors).run())
    try:
        yield
    finally:
        await end_tasks([task])


class LivenessMonitor:
    """Checks one process's workers, and when they were last healthy."""

    def __init__(self, redis: Client, supervisors: Sequence[Supervisor]) -> None:
        self._redis = redis
        self._supervisors = supervisors
        self._healthy_at = time.monotonic()
        self._misses = 0
        self._is_renewed = False

    async def run(self) -> None:
        while True:
            await self.check()
            await asyncio.sleep(WORKER_HEARTBEAT_SECONDS)

    async def check(self) -> None:
        """Send a heartbeat; if that has failed for RENEW_SECONDS, replace the connections and workers."""
        problem = await self._find_problem()
        now = time.monotonic()
        if problem is None:
            if self._is_renewed:
                log.warning("worker_recovered", seconds=round(now - self._healthy_at))
            self._healthy_at, self._misses, self._is_renewed = now, 0, False
            return
        self._misses += 1
        if self._misses >= MIN_MISSES and now - self._healthy_at >= RENEW_SECONDS:
            await self._renew(problem, now - self._healthy_at)

    async def _find_problem(self) -> str | None:
        silent = [
            supervisor.queue_name
            for supervisor in self._supervisors
            if supervisor.seconds_since_read() > RENEW_SECONDS
        ]
        if silent:
            return f"no worker reads {', '.join(silent)}"
        try:
            await heartbeat(self._redis)
            for supervisor in self._supervisors:
                # Reading an empty queue succeeds on a replica too, which never has new jobs; so write with each client.
                client = supervisor.worker.client
                async with asyncio.timeout(client.limit_seconds):
                    await heartbeat(client)
        except UNREACHABLE as error:
            return f"Redis {reason_of(error).sentence}"
        return None

    async def _renew(self, problem: str, seconds: float) -> None:
        log.error("worker_renewed", reason=f"{problem}.", seconds=round(seconds))
        self._misses, self._is_renewed = 0, True
        await self._redis.renew()
        for supervisor in self._supervisors:
            await supervisor.renew()
