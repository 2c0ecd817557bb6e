"""A small cache whose entries expire after a TTL, and which is cleared as a whole when they may be outdated."""

import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class TTLCache(Generic[T]):
    """Values by any key, for `seconds`; cleared when `limit` is reached."""

    def __init__(self, seconds: float, limit: int) -> None:
        self._seconds = seconds
        self._limit = limit
        self._entries: dict[Hashable, tuple[float, T]] = {}

    async def ask(
        self, key: Hashable, read: Callable[[], Awaitable[T]], is_cacheable: Callable[[T], bool] = bool
    ) -> T:
        """The cached value, or what `read` returns, which is cached if `is_cacheable`."""
        entries, begun = self._entries, time.monotonic()
        known = entries.get(key)
        if known is not None and known[0] > begun:
            return known[1]
        found = await read()
        # If the cache was cleared during the read, the value may be from before the change.
        if is_cacheable(found) and entries is self._entries:
            if len(entries) >= self._limit:
                entries.clear()
            entries[key] = (begun + self._seconds, found)
        return found

    def forget(self) -> None:
        """Clear the cache; reads under way are not cached."""
        self._entries = {}
