"""Rejects reads while too many are being answered, so that those that are admitted stay fast."""

import time
from contextlib import AbstractContextManager, nullcontext

from server.errors import ConfabError
from server.metrics import READS_REJECTED

BUSY = "Too many requests at the moment: try again in a moment."
NOT_COUNTED: AbstractContextManager[object] = nullcontext()
# Answers that take longer than this wait for each other. Before, more reads are a burst, of so many times the limit.
SLOW_SECONDS, BURST = 0.25, 2


class Reads:
    """The reads that a process answers: at most `limit` at a time while the oldest is slow, twice as many in a burst.
    0: any number.

    More at a time are not more a second: each waits longer, for Postgres or for the processor. Changes are few and
    wait. Webhooks wait for Redis only, and files for their client.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        # When each began, oldest first.
        self._running: dict[object, float] = {}

    @property
    def running(self) -> int:
        return len(self._running)

    def admit(self) -> AbstractContextManager[object]:
        """Count a read while the block runs; raises `unavailable`."""
        now = time.monotonic()
        if self._limit and len(self._running) >= self._limit:
            oldest = next(iter(self._running.values()))
            if now - oldest >= SLOW_SECONDS or len(self._running) >= self._limit * BURST:
                READS_REJECTED.inc()
                raise ConfabError("unavailable", BUSY, retry_after=1)
        return _Read(self._running, now)


class _Read(AbstractContextManager[object]):
    def __init__(self, running: dict[object, float], begun: float) -> None:
        self._running = running
        running[self] = begun

    def __exit__(self, *_: object) -> None:
        del self._running[self]
