"""Group commit: which items share a batch, what each caller gets, and the effects of failure and cancellation."""

import asyncio
from collections.abc import Iterable, Sequence

import pytest

from server.group_commit import CommitSeparately, GroupCommit


class Batches:
    """Commits numbers by doubling them, each batch only when it is released."""

    def __init__(self) -> None:
        self.seen: list[list[int]] = []
        self.error: Exception | None = None
        self.gate = asyncio.Semaphore(0)

    async def commit(self, items: list[int]) -> Sequence[int]:
        self.seen.append(items)
        await self.gate.acquire()
        if self.error is not None and len(items) > 1:
            raise self.error
        return [2 * item for item in items]

    def release(self, count: int = 100) -> None:
        for _ in range(count):
            self.gate.release()


def at_most_three(_: Iterable[int]) -> int:
    return 3


async def test_items_submitted_during_a_commit_share_the_next_one() -> None:
    batches = Batches()
    group = GroupCommit(batches.commit, at_most_three)
    first = group.submit(0)
    await asyncio.sleep(0)
    rest = [group.submit(item) for item in range(1, 6)]
    batches.release()
    assert await asyncio.gather(first, *rest) == [0, 2, 4, 6, 8, 10]
    assert batches.seen == [[0], [1, 2, 3], [4, 5]]


async def test_a_failed_commit_fails_its_own_batch_only() -> None:
    batches = Batches()
    group = GroupCommit(batches.commit, at_most_three)
    futures = [group.submit(item) for item in range(4)]
    batches.error = ValueError("poison")
    batches.release()
    results = await asyncio.gather(*futures, return_exceptions=True)
    assert results == [batches.error] * 3 + [6]


async def test_items_that_cannot_share_a_commit_are_committed_separately() -> None:
    batches = Batches()
    group = GroupCommit(batches.commit, at_most_three)
    futures = [group.submit(item) for item in range(3)]
    batches.error = CommitSeparately()
    batches.release()
    assert await asyncio.gather(*futures) == [0, 2, 4]
    assert batches.seen == [[0, 1, 2], [0], [1], [2]]


async def test_the_caller_decides_where_a_batch_ends() -> None:
    def up_to_a_repeat(items: Iterable[int]) -> int:
        seen: set[int] = set()
        for item in items:
            if item in seen:
                break
            seen.add(item)
        return len(seen)

    batches = Batches()
    group = GroupCommit(batches.commit, up_to_a_repeat)
    futures = [group.submit(item) for item in (1, 2, 1, 3)]
    batches.release()
    await asyncio.gather(*futures)
    assert batches.seen == [[1, 2], [1, 3]]


async def test_an_item_whose_caller_gave_up_is_not_committed() -> None:
    batches = Batches()
    group = GroupCommit(batches.commit, at_most_three)
    first = group.submit(0)
    await asyncio.sleep(0)
    cancelled, last = group.submit(1), group.submit(2)
    cancelled.cancel()
    batches.release()
    assert (await first, await last) == (0, 4)
    assert batches.seen == [[0], [2]]


async def test_closing_cancels_everything_that_waits() -> None:
    batches = Batches()
    ended: list[bool] = []
    group = GroupCommit(batches.commit, at_most_three, when_idle=lambda: ended.append(True))
    futures = [group.submit(0)]
    await asyncio.sleep(0)
    futures.append(group.submit(1))
    await group.close()
    for future in futures:
        with pytest.raises(asyncio.CancelledError):
            await future
    assert ended == [True]
