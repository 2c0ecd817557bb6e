"""The turns for a pool's connections, and how many are in use and waited for."""

import asyncio

from server.metrics import DATABASE_BUSY, DATABASE_WAITS


class Slots(asyncio.Semaphore):
    """A semaphore whose waits are measured, of those that have to wait."""

    async def __aenter__(self) -> None:
        if self.locked():
            with DATABASE_WAITS.time():
                await self.acquire()
        else:
            await self.acquire()
        DATABASE_BUSY.inc()

    async def __aexit__(self, *_: object) -> None:
        DATABASE_BUSY.dec()
        self.release()
