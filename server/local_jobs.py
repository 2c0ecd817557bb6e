"""Hands jobs that are being queued to a worker of the same process, which need not read them from Redis."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol


class JobCall(NamedTuple):
    """The function that a job calls, with its arguments."""

    name: str
    args: Sequence[Any]


class Slot(Protocol):
    """A worker's place for one job, reserved while the job is stored in Redis with a lease of `lease_ms`."""

    lease_ms: int

    def start(self, job_id: str, call: JobCall) -> None:
        """Run the job, whose lease is in Redis."""

    def release(self) -> None:
        """Leave the slot to other jobs."""


class JobTaker(Protocol):
    """A worker of this process."""

    async def reserve(self) -> Slot | None:
        """A slot, or None: then the job waits in Redis for any worker."""


class LocalJobs:
    """The workers of this process by their queues; none where the workers are processes of their own."""

    def __init__(self) -> None:
        self._takers: dict[str, JobTaker] = {}

    @contextmanager
    def taken_by(self, queue: str, taker: JobTaker) -> Iterator[None]:
        """Let a worker take the jobs of a queue until the block ends."""
        self._takers[queue] = taker
        try:
            yield
        finally:
            del self._takers[queue]

    async def reserve(self, queue: str) -> Slot | None:
        taker = self._takers.get(queue)
        return None if taker is None else await taker.reserve()
