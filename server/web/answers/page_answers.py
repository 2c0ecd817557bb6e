"""Answers pages of chats and messages: what was read before is answered again while nothing has changed, or with 304 to
who has it.

The version was read with the caller's roles, in one statement; the bytes of the body are made once.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping

from aiohttp import hdrs, web

from server.store.accounts.page_versions import PageVersion
from server.web.answers.compression import accepts_gzip, compress
from server.web.answers.entity_tags import ANY, asked_tags
from server.web.app_keys import CALLER, PAGE_TAGS, PAGE_VERSION, PAGES
from server.web.requests import JSON_TYPE

Read = Callable[[], Awaitable[web.Response]]

NOT_MODIFIED = 304
VARY = "Authorization, Accept-Encoding"
# The caches of browsers would have the messages on the disk after a sign-out; a program's are its own (ADR 28).
PROGRAM_CACHING = "private, no-cache"
BROWSER_CACHING = "no-store"
OF_BROWSERS = (hdrs.ORIGIN, "Sec-Fetch-Mode")


async def answer_page(request: web.Request, query: Hashable, read: Read) -> web.Response:
    """The page of this query, which says all that the page depends on besides the account's rows: 304, from the cache,
    or what `read` answers.
    """
    version = request.get(PAGE_VERSION)
    if version is None:
        return await read()
    tag = request.app[PAGE_TAGS].tag_of(request[CALLER].user_id, request.rel_url.raw_path_qs, version)
    headers = _headers_of(request, tag)
    asked = asked_tags(request)
    # The tag was given for a page that existed at this version, so it does.
    if tag in asked:
        return web.Response(status=NOT_MODIFIED, headers=headers)
    answer = await _find_or_read(request, (request.path, query), version, read)
    answer.headers.update(headers)
    return web.Response(status=NOT_MODIFIED, headers=headers) if ANY in asked else answer


def _headers_of(request: web.Request, tag: str) -> Mapping[str, str]:
    return {
        # Weak: it is that of the page, compressed or not.
        hdrs.ETAG: f"W/{tag}",
        hdrs.VARY: VARY,
        hdrs.CACHE_CONTROL: PROGRAM_CACHING if _is_program(request) else BROWSER_CACHING,
    }


def _is_program(request: web.Request) -> bool:
    """Whether this is no browser: it has an API key, and no header that browsers add to what a page asks for."""
    return request[CALLER].key is not None and not any(name in request.headers for name in OF_BROWSERS)


async def _find_or_read(
    request: web.Request, query: Hashable, version: PageVersion, read: Read
) -> web.Response:
    cache, key = request.app[PAGES], (accepts_gzip(request), query)
    page = cache.find(key, version)
    if page is not None:
        answer = web.Response(body=page.body, content_type=JSON_TYPE)
        if page.coding:
            answer.headers[hdrs.CONTENT_ENCODING] = page.coding
        return answer
    answer = await read()
    compress(request, answer)
    if isinstance(answer.body, bytes):
        cache.put(key, version, answer.body, answer.headers.get(hdrs.CONTENT_ENCODING, ""))
    return answer
