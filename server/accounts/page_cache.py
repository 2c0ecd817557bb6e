"""The bodies of pages that were read before, each with the version at which it was read."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from time import monotonic

from server.store.accounts.page_versions import PageVersion


@dataclass(slots=True)
class CachedPage:
    """The body of a response as it was sent, its Content-Encoding or "", and the version it was read at, or before."""

    version: PageVersion
    body: bytes
    coding: str
    used_at: float


class PageCache:
    """The pages that were used last, up to `max_bytes` of bodies."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._pages: OrderedDict[Hashable, CachedPage] = OrderedDict()

    def find(self, key: Hashable, version: PageVersion) -> CachedPage | None:
        """The page at this version; one of another version is forgotten."""
        page = self._pages.get(key)
        if page is None:
            return None
        if page.version != version:
            self._remove(key)
            return None
        page.used_at = monotonic()
        self._pages.move_to_end(key)
        return page

    def put(self, key: Hashable, version: PageVersion, body: bytes, coding: str = "") -> None:
        """Store a body that was read after this version."""
        self._remove(key)
        if len(body) > self._max_bytes:
            return
        self._pages[key] = CachedPage(version, body, coding, monotonic())
        self._bytes += len(body)
        while self._bytes > self._max_bytes:
            self._remove(next(iter(self._pages)))

    def forget_unused(self, seconds: float) -> None:
        """Forget the pages that were not asked for in this time."""
        limit = monotonic() - seconds
        while self._pages:
            key, page = next(iter(self._pages.items()))
            if page.used_at > limit:
                return
            self._remove(key)

    def forget(self) -> None:
        """Forget all pages."""
        self._pages.clear()
        self._bytes = 0

    def _remove(self, key: Hashable) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._bytes -= len(page.body)
