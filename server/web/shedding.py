"""Rejects reads while too many are being answered, so that those that are admitted stay fast."""

from contextlib import AbstractContextManager, nullcontext

from server.errors import ConfabError
from server.metrics import READS_REJECTED

BUSY = "Too many requests at the moment: try again in a moment."
NOT_COUNTED: AbstractContextManager[None] = nullcontext()


class Reads:
    """The reads that a process answers at the same time, at most `limit`; 0: any number.

    More at a time are not more a second: each waits longer, for Postgres or for the processor. Changes are few and
    wait. Webhooks wait for Redis only, and files for their client.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.running = 0

    def __enter__(self) -> None:
        if self._limit and self.running >= self._limit:
            READS_REJECTED.inc()
            raise ConfabError("unavailable", BUSY, retry_after=1)
        self.running += 1

    def __exit__(self, *_: object) -> None:
        self.running -= 1
