"""Queues webhook events, all that arrive during an enqueue as one job."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from server.errors import Unavailable
from server.group_commit import GroupCommit
from server.local_jobs import JobCall, LocalJobs
from server.queue import INGEST_QUEUE, STORE_EVENTS, Events, QueuedEvent, new_job_id, store_job
from server.redis.client import Client

BATCH_DISTANCE_SECONDS = 0.004


class NewEvent(NamedTuple):
    """An event that is not queued yet, and its body as JSON."""

    event: QueuedEvent
    body: bytes


class EventBatch:
    """Groups events on their way into the queue, so the cost per event falls under load.

    Jobs are at least BATCH_DISTANCE_SECONDS apart: each costs a worker half a millisecond, whatever its size. A worker
    of this process takes a job as soon as Redis has it, without reading it back.
    """

    def __init__(self, redis: Client, local: LocalJobs, *, limit: int, timeout_seconds: float) -> None:
        self._redis = redis
        self._local = local
        self._timeout_seconds = timeout_seconds
        self._group: GroupCommit[NewEvent, None] = GroupCommit(
            self._enqueue, lambda _: limit, pause_seconds=BATCH_DISTANCE_SECONDS
        )

    async def add(self, event: QueuedEvent, body: bytes) -> None:
        """Return once Redis has stored the event, whose body is `body` in JSON; raises Unavailable if that exceeds the
        time limit.

        An event whose request timed out is dropped from the batch: its sender got a 503 and will deliver it again.
        """
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._group.submit(NewEvent(event, body))
        except TimeoutError as error:
            raise Unavailable("The queue did not respond in time.") from error

    async def _enqueue(self, new: Sequence[NewEvent]) -> Sequence[None]:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._store(new)
        except TimeoutError as error:
            raise Unavailable("The queue did not respond in time.") from error
        return [None] * len(new)

    async def _store(self, new: Sequence[NewEvent]) -> None:
        job_id = new_job_id()
        entries = [{**event, "body": orjson.Fragment(body)} for event, body in new]
        slot = await self._local.reserve(INGEST_QUEUE)
        if slot is None:
            await self._store_job(job_id, entries)
            return
        try:
            await self._store_job(job_id, entries, lease_ms=slot.lease_ms)
        except BaseException:
            # If Redis has stored it without an answer, the lease expires and any worker takes it.
            slot.release()
            raise
        slot.start(job_id, JobCall(STORE_EVENTS, [Events(event for event, _ in new)]))

    async def _store_job(self, job_id: str, entries: Sequence[object], *, lease_ms: int = 0) -> None:
        """Once acknowledged, an event is nowhere else: it can be made to wait for Redis's replicas."""
        replicas = self._redis.wait_replicas
        await store_job(self._redis, job_id, STORE_EVENTS, [entries], lease_ms=lease_ms, replicas=replicas)
