"""Group commit: items submitted while a commit runs are committed together in the next one."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Generic, TypeVar

from server.cancellation import end_tasks

T = TypeVar("T")
R = TypeVar("R")


class CommitSeparately(Exception):
    """Raised by a commit that stored nothing because its items cannot share a transaction."""


class GroupCommit(Generic[T, R]):
    """Runs one commit at a time, so the cost per item falls as the load rises.

    Idle: an item is committed at once, alone. Busy: everything submitted during a commit goes into the next one.
    `commit` returns one result per item, in order. If it raises, every item of the batch gets that exception; after
    CommitSeparately the items are committed one by one. `next_size` is called with the waiting items, oldest first,
    and returns how many of them may go into the next batch; at least one does. An item whose caller has been
    cancelled before its commit began is dropped.
    """

    def __init__(
        self,
        commit: Callable[[list[T]], Awaitable[Sequence[R]]],
        next_size: Callable[[Iterable[T]], int],
        *,
        pause_seconds: float = 0.0,
        when_idle: Callable[[], object] | None = None,
    ) -> None:
        self._commit = commit
        self._next_size = next_size
        self._pause_seconds = pause_seconds
        self._when_idle = when_idle
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._task: asyncio.Task[None] | None = None

    def submit(self, item: T) -> asyncio.Future[R]:
        """Queue an item; the future resolves to its result, or raises what its commit raised."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return future

    async def close(self) -> None:
        """Cancel the running commit and everything that waits."""
        if self._task is not None:
            await end_tasks([self._task])

    async def _run(self) -> None:
        batch: list[tuple[T, asyncio.Future[R]]] = []
        try:
            while self._waiting:
                size = max(1, self._next_size(item for item, _ in self._waiting))
                batch, self._waiting = self._waiting[:size], self._waiting[size:]
                batch = [entry for entry in batch if not entry[1].done()]
                if batch:
                    await self._commit_batch(batch)
                if self._waiting and self._pause_seconds:
                    await asyncio.sleep(self._pause_seconds)
        except BaseException:
            # Cancelled: no caller may be left waiting for ever.
            for _, future in (*batch, *self._waiting):
                future.cancel()
            self._waiting = []
            raise
        finally:
            self._task = None
            if self._when_idle is not None:
                self._when_idle()

    async def _commit_batch(self, batch: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results = await self._commit([item for item, _ in batch])
        except CommitSeparately as error:
            if len(batch) > 1:
                for entry in batch:
                    await self._commit_batch([entry])
            else:
                _reject(batch, error)
        except Exception as error:
            _reject(batch, error)
        else:
            for (_, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)


def _reject(batch: Iterable[tuple[object, asyncio.Future[R]]], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
