"""Accounts connected on UniPile's hosted page that could not be added, shown once to the user who opened the page."""

from aiohttp import web

from server.errors import NotFound
from server.schemas.fields import ListQuery
from server.store.accounts import rejected
from server.web.app_keys import DATABASE
from server.web.requests import caller, decode_cursor, load_query, page_answer, path_id, provider_of

LIST_QUERY = ListQuery()


async def list_refusals(request: web.Request) -> web.Response:
    """The caller's, until dismissed, newest first."""
    query = load_query(request, LIST_QUERY)
    after = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        rejected.list_rejected,
        caller(request),
        provider_of(request),
        query["limit"],
        after[1] if after else None,
    )
    return page_answer(page)


async def dismiss_refusal(request: web.Request) -> web.Response:
    """Mark as seen; idempotent."""
    refusal_id = path_id(request, "refusal_id")
    if not await request.app[DATABASE].write(
        rejected.note_rejected_seen, caller(request), provider_of(request), refusal_id
    ):
        raise NotFound
    return web.Response(status=204)
