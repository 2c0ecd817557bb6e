"""Answers pages of chats and messages: what was read before is answered again while nothing has changed.

One primary-key read replaces the query of the page, and the bytes of the body are made once.
"""

from collections.abc import Awaitable, Callable, Hashable

from aiohttp import web

from server.store.accounts.page_versions import fetch_page_version
from server.web.app_keys import DATABASE, PAGES
from server.web.requests import JSON_TYPE, caller, path_id, provider_of

Read = Callable[[], Awaitable[web.Response]]


async def answer_page(request: web.Request, query: Hashable, read: Read) -> web.Response:
    """The page of this query, which says all that the page depends on besides the account's rows: from the cache, or
    what `read` answers.
    """
    cache, key = request.app[PAGES], (request.path, query)
    if not cache.is_repeated(key):
        return await read()
    version = await request.app[DATABASE].read(
        fetch_page_version, caller(request), provider_of(request), path_id(request, "account_id")
    )
    if version is None:
        return await read()
    body = cache.find(key, version)
    if body is not None:
        return web.Response(body=body, content_type=JSON_TYPE)
    response = await read()
    if isinstance(response.body, bytes):
        cache.put(key, version, response.body)
    return response
