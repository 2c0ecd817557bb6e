"""Cancels tasks reliably: a library can swallow a cancellation by turning it into another error."""

import asyncio
from collections.abc import Iterable

# How long a cancelled task may take to end before it is cancelled again.
NOTICE_SECONDS = 0.5
MAX_NOTICES = 10


async def end_tasks(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel the tasks until they end. A task that does not end is abandoned, so that it cannot block a shutdown."""
    left = {task for task in tasks if not task.done()}
    for _ in range(MAX_NOTICES):
        if not left:
            return
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=NOTICE_SECONDS)


def is_ending() -> bool:
    """Whether the current task has been cancelled, even if a library turned that into another error."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
