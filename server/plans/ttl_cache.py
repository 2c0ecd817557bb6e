"""Answers that are kept for a moment, and forgotten all at once when somebody says that they may be others now."""

import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class TTLCache(Generic[T]):
    """By any key, for so many seconds, so many at most."""

    def __init__(self, seconds: float, limit: int) -> None:
        self._seconds = seconds
        self._limit = limit
        self._answers: dict[Hashable, tuple[float, T]] = {}

    async def ask(
        self, key: Hashable, read: Callable[[], Awaitable[T]], is_kept: Callable[[T], bool] = bool
    ) -> T:
        """The kept answer, or what `read` says now; only what `is_kept` likes is kept."""
        answers, begun = self._answers, time.monotonic()
        known = answers.get(key)
        if known is not None and known[0] > begun:
            return known[1]
        found = await read()
        # What was forgotten meanwhile may have been read before the change.
        if is_kept(found) and answers is self._answers:
            if len(answers) >= self._limit:
                answers.clear()
            answers[key] = (begun + self._seconds, found)
        return found

    def forget(self) -> None:
        """Ask anew from here on."""
        self._answers = {}
