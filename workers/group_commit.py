"""Group commit: while one transaction runs, what further jobs bring gathers, and goes into the next one together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

# Under this name the ingest queue's committer stands in arq's context dictionary.
COMMITTER = "committer"


class Committer(Generic[T]):
    """One batch at a time: an account's events wait for its row lock anyway, and the wait makes the next batch."""

    def __init__(self, commit: Callable[[list[T]], Awaitable[None]], limit: int) -> None:
        self._commit = commit
        self._limit = limit
        self._waiting: list[tuple[Sequence[T], asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def add(self, items: Sequence[T]) -> None:
        """Return when these are committed; raises what the commit of their batch raised."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((items, future))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        await future

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch = self._take()
                await self._commit_batch(batch)
        finally:
            self._task = None

    def _take(self) -> list[tuple[Sequence[T], asyncio.Future[None]]]:
        """As many jobs as fit the limit, at least one; a job that was cancelled meanwhile is handed back by arq."""
        batch: list[tuple[Sequence[T], asyncio.Future[None]]] = []
        size = 0
        while self._waiting and (not batch or size + len(self._waiting[0][0]) <= self._limit):
            items, future = self._waiting.pop(0)
            if not future.done():
                batch.append((items, future))
                size += len(items)
        return batch

    async def _commit_batch(self, batch: list[tuple[Sequence[T], asyncio.Future[None]]]) -> None:
        failure: Exception | None = None
        try:
            await self._commit([item for items, _ in batch for item in items])
        except Exception as error:
            failure = error
        for _, future in batch:
            if not future.done():
                future.set_exception(failure) if failure else future.set_result(None)
