"""A task ends even if a library turns its cancellation into another error."""

import asyncio

from server.cancellation import end_tasks


async def stubborn(notices: int) -> None:
    for _ in range(notices):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue  # like a client that reports a broken connection instead


async def test_a_task_that_swallows_a_cancellation_is_cancelled_again() -> None:
    tasks = [asyncio.create_task(stubborn(notices)) for notices in (1, 2, 3)]
    await asyncio.sleep(0)
    await end_tasks(tasks)
    assert all(task.done() for task in tasks)


async def test_a_finished_task_is_left_alone() -> None:
    task = asyncio.create_task(asyncio.sleep(0))
    await task
    await end_tasks([task])
    assert not task.cancelled()
