"""Dead letters, for owners: look at one, hand it to the workers once more, drop it."""

import orjson
from aiohttp import web

from server.config.plans import PROVIDERS
from server.errors import NotFound
from server.schemas.fields import ListQuery
from server.store import dead_letters
from server.system import redriving
from server.unipile.events.outline import outline
from server.web.app_keys import ACTOR, DATABASE, REDIS
from server.web.requests import (
    decode_cursor,
    json_text,
    load_query,
    object_answer,
    page_answer,
    path_id,
)

LIST_QUERY = ListQuery()


async def list_dead_letters(request: web.Request) -> web.Response:
    """Those that need attention, newest first."""
    query = load_query(request, LIST_QUERY)
    before = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        dead_letters.list_dead, query["limit"], before[1] if before else None
    )
    return page_answer(page)


async def show_dead_letter(request: web.Request) -> web.Response:
    """One with the outline of its event. What contacts wrote is not shown: an owner of the team need not be a member of
    the account.
    """
    found = await request.app[DATABASE].read(dead_letters.fetch_dead, path_id(request, "dead_letter_id"))
    if found is None:
        raise NotFound
    fields = outline(orjson.loads(found.body))
    return object_answer([("dead_letter", found.shown), ("event", json_text(fields))])


async def redrive_dead_letter(request: web.Request) -> web.Response:
    """Queue it once more. If it fails again, it is back in the list."""
    app, dead_letter_id = request.app, path_id(request, "dead_letter_id")
    await app[DATABASE].write(redriving.redrive, app[REDIS], PROVIDERS[0], dead_letter_id, request[ACTOR])
    return web.Response(status=204)


async def drop_dead_letter(request: web.Request) -> web.Response:
    """Delete what it contains; the same event is not stored again."""
    await request.app[DATABASE].write(redriving.drop, path_id(request, "dead_letter_id"), request[ACTOR])
    return web.Response(status=204)
