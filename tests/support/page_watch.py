"""Compares every page that is answered from memory, or with 304, with the page as it is read at that moment."""

import gzip
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from aiohttp import hdrs, web

from server.handlers import chats, message_pages
from server.store.accounts.page_versions import PageReader, PageVersion
from server.web.answers.page_answers import answer_page
from server.web.app_keys import PAGE_CHECKS, PAGE_VERSION
from server.web.requests import caller, path_id, provider_of

Read = Callable[[], Awaitable[web.Response]]


class PageWatch:
    """Collects pages that were not current while a test runs, and counts those that were compared."""

    def __init__(self) -> None:
        self.compared = 0
        self.stale: list[str] = []
        # What a client has that sends this tag.
        self._given: dict[str, Any] = {}

    def follow(self, patch: Callable[[object, str, object], None]) -> None:
        for module in (chats, message_pages):
            patch(module, "answer_page", self._answer)

    async def _answer(self, request: web.Request, query: Hashable, read: Read) -> web.Response:
        was_read = False

        async def note_reading() -> web.Response:
            nonlocal was_read
            was_read = True
            return await read()

        answer = await answer_page(request, query, note_reading)
        version = request.get(PAGE_VERSION)
        if version is not None:
            if answer.status == 304 and "*" in request.headers[hdrs.IF_NONE_MATCH]:
                return answer
            shown = self._given.get(answer.headers[hdrs.ETAG]) if answer.status == 304 else plain_body(answer)
            self._given[answer.headers[hdrs.ETAG]] = shown
            if not was_read:
                await self._compare(request, shown, read, version)
        return answer

    async def _compare(self, request: web.Request, shown: Any, read: Read, version: PageVersion) -> None:
        """If the page has the same version after it was read again, it had that version all the time."""
        again = plain_body(await read())
        reader = PageReader(caller(request), provider_of(request), path_id(request, "account_id"))
        check = await request.app[PAGE_CHECKS].check(reader)
        if check is None or check.version != version:
            return
        self.compared += 1
        if shown is not None and shown != again:
            self.stale.append(f"{request.rel_url.raw_path_qs}: {shown!r} instead of {again!r}")

    def verdict(self) -> None:
        """Fail if a page was not current."""
        assert not self.stale, self.stale


def plain_body(answer: web.Response) -> bytes:
    """The JSON of a response, uncompressed."""
    assert isinstance(answer.body, bytes)
    is_packed = answer.headers.get(hdrs.CONTENT_ENCODING) == "gzip"
    return gzip.decompress(answer.body) if is_packed else answer.body
