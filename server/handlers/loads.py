"""The loads of an account's users: how many open chats each has."""

from aiohttp import web

from server.schemas.fields import ListQuery
from server.store.assigning import loads
from server.web.app_keys import DATABASE
from server.web.requests import caller, decode_cursor, load_query, page_answer, path_id

LIST_QUERY = ListQuery()


async def list_loads(request: web.Request) -> web.Response:
    """The loads of those who can answer in the account, oldest first; a restricted agent gets their own."""
    query = load_query(request, LIST_QUERY)
    after = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        loads.list_loads,
        caller(request),
        path_id(request, "account_id"),
        query["limit"],
        after[1] if after else 0,
    )
    return page_answer(page)
