"""The bodies of pages that were read before, each with the version at which it was read."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import NamedTuple

from server.store.accounts.page_versions import PageVersion

# Keys that were asked for once: no version is read for a page until it is asked for again.
MAX_ASKED = 10_000


class CachedPage(NamedTuple):
    """The body of a response, and the version it was read at, or before."""

    version: PageVersion
    body: bytes


class PageCache:
    """The pages that were used last, up to `max_bytes` of bodies."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._pages: OrderedDict[Hashable, CachedPage] = OrderedDict()
        self._asked: set[Hashable] = set()

    def is_repeated(self, key: Hashable) -> bool:
        """Whether the page was asked for before; from now on it is."""
        if key in self._pages or key in self._asked:
            return True
        if len(self._asked) >= MAX_ASKED:
            self._asked.clear()
        self._asked.add(key)
        return False

    def find(self, key: Hashable, version: PageVersion) -> bytes | None:
        """The body at this version. One of another version is forgotten, as if it had never been asked for: an account
        that changes all the time must not cost a version for each page.
        """
        page = self._pages.get(key)
        if page is None:
            return None
        if page.version != version:
            self._remove(key)
            return None
        self._pages.move_to_end(key)
        return page.body

    def put(self, key: Hashable, version: PageVersion, body: bytes) -> None:
        """Store a body that was read after this version."""
        self._remove(key)
        self._asked.discard(key)
        if len(body) > self._max_bytes:
            return
        self._pages[key] = CachedPage(version, body)
        self._bytes += len(body)
        while self._bytes > self._max_bytes:
            self._remove(next(iter(self._pages)))

    def _remove(self, key: Hashable) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._bytes -= len(page.body)
