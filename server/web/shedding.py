"""Lets so many reads at a time be answered, and rejects those that wait too long, so that each answer stays fast."""

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext

from server.errors import ConfabError
from server.metrics import READS_REJECTED

BUSY = "Too many requests at the moment: try again in a moment."
NOT_COUNTED: AbstractAsyncContextManager[object] = nullcontext()
# How long a read waits for the others. A rejection costs as much as an answer from memory: rejected at once, clients
# that try again would leave no time for answers.
WAIT_SECONDS = 0.5
# More do not wait, so that what they hold is bounded: more than are answered within the wait.
MOST_WAITING = 4_096


class Reads(AbstractAsyncContextManager[object]):
    """The reads that a process answers: at most `limit` at a time, the others in turn. 0: any number.

    More at a time are not more a second: each waits longer, for Postgres or for the processor. Changes are few and
    wait. Webhooks wait for Redis only, and files for their client.
    """

    def __init__(self, limit: int) -> None:
        self._slots = asyncio.Semaphore(limit) if limit else None
        self.running = self.waiting = 0

    async def __aenter__(self) -> None:
        """Take a slot; raises `unavailable`."""
        if self._slots is not None:
            await (self._wait(self._slots) if self._slots.locked() else self._slots.acquire())
        self.running += 1

    async def __aexit__(self, *_: object) -> None:
        self.running -= 1
        if self._slots is not None:
            self._slots.release()

    async def _wait(self, slots: asyncio.Semaphore) -> bool:
        if self.waiting >= MOST_WAITING:
            raise _rejection()
        self.waiting += 1
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                return await slots.acquire()
        except TimeoutError:
            raise _rejection() from None
        finally:
            self.waiting -= 1


def _rejection() -> ConfabError:
    READS_REJECTED.inc()
    return ConfabError("unavailable", BUSY, retry_after=1)
