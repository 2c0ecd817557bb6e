"""Measures how late the event loop runs what is due: the first sign that a process has more work than time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.cancellation import end_tasks
from server.metrics import LOOP_LAG

INTERVAL_SECONDS = 0.5


@asynccontextmanager
async def measured_loop() -> AsyncIterator[None]:
    """Observe the lag of this process's event loop while the block runs."""
    task = asyncio.create_task(_measure())
    try:
        yield
    finally:
        await end_tasks([task])


async def _measure() -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + INTERVAL_SECONDS
        await asyncio.sleep(INTERVAL_SECONDS)
        LOOP_LAG.observe(max(0.0, loop.time() - due))
