"""Ends tasks for certain: a cancellation can be lost in a library that turns it into another error."""

import asyncio
from collections.abc import Iterable

# How long a cancelled task may take to notice before it is told again.
NOTICE_SECONDS = 0.5
MAX_NOTICES = 10


async def end_tasks(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel until they have ended; what will not end is left behind, since nothing may stop a shutdown."""
    left = {task for task in tasks if not task.done()}
    for _ in range(MAX_NOTICES):
        if not left:
            return
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=NOTICE_SECONDS)


def is_ending() -> bool:
    """Whether the running task has been cancelled, also when a library took that for something else."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
