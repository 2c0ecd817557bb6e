"""Checks who asks for a page and whether it has changed: one read for all requests that wait meanwhile."""

from collections.abc import Iterable, Sequence

from server.group_commit import GroupCommit
from server.store.accounts.page_versions import PageCheck, PageReader, fetch_page_checks
from server.store.db.database import Database

# Every request of a batch waits for all of it.
MAX_BATCH = 100


class PageChecks:
    """Idle, a request is checked at once, alone. Those that arrive during a check share the next one, so that each sees
    what was committed before it arrived.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._group = GroupCommit(self._read, _next_size)

    async def check(self, reader: PageReader) -> PageCheck | None:
        """None if the user does not exist or is disabled."""
        return await self._group.submit(reader)

    async def close(self) -> None:
        await self._group.close()

    async def _read(self, readers: list[PageReader]) -> Sequence[PageCheck | None]:
        distinct = list(dict.fromkeys(readers))
        checks = await self._database.read(fetch_page_checks, distinct)
        found = dict(zip(distinct, checks, strict=True))
        return [found[reader] for reader in readers]


def _next_size(_: Iterable[PageReader]) -> int:
    return MAX_BATCH
