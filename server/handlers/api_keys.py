"""API keys, with which programs authenticate. A key is shown once, when it is created."""

import orjson
from aiohttp import web

from server.people import keys
from server.realtime.broker import announce_access_change
from server.rules.policy import is_admin_role
from server.schemas.api_keys import CreateKey
from server.schemas.fields import ListQuery
from server.store.people import api_keys
from server.web.app_keys import ACTOR, CALLER, CALLER_ROLES, DATABASE, REDIS
from server.web.identity.identify import make_key, prefix_of
from server.web.requests import decode_cursor, load_body, load_query, object_answer, page_answer, path_id

LIST_QUERY, CREATE_KEY = ListQuery(), CreateKey()


async def list_keys(request: web.Request) -> web.Response:
    """The caller's keys, newest first; an admin sees the keys of all users."""
    query = load_query(request, LIST_QUERY)
    before = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        api_keys.list_keys, _key_owner(request), query["limit"], before[1] if before else None
    )
    return page_answer(page)


async def create_key(request: web.Request) -> web.Response:
    """Create a key of the caller, with at most the caller's permissions; `secret` is never shown again."""
    new = keys.NewKey(**await load_body(request, CREATE_KEY))
    key = make_key()
    shown = await request.app[DATABASE].write(
        keys.create_key, request[ACTOR], request[CALLER].user_id, key, prefix_of(key), new
    )
    return object_answer([("key", shown), ("secret", orjson.dumps(key).decode())], 201)


async def revoke_key(request: web.Request) -> web.Response:
    """Revoke a key; its sockets are closed."""
    await request.app[DATABASE].write(
        keys.revoke_key, request[ACTOR], path_id(request, "key_id"), _key_owner(request)
    )
    await announce_access_change(request.app[REDIS])
    return web.Response(status=204)


def _key_owner(request: web.Request) -> int | None:
    """The user whose keys the caller can see; None for all users."""
    return None if is_admin_role(request[CALLER_ROLES].role) else request[CALLER].user_id
