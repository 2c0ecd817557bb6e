"""What belongs to the caller: the changes of their feed, and their preferences."""

from typing import cast

from aiohttp import web

from server.realtime.broker import publish_to_feeds
from server.realtime.pushes import user_push
from server.schemas.messages import ChangesQuery
from server.schemas.preferences import ChangePreferences
from server.store.people import preferences, user_feed
from server.store.people.preferences import PreferenceChanges
from server.web.app_keys import DATABASE, REDIS
from server.web.requests import caller, load_body, load_query, object_answer, text_answer

CHANGES_QUERY, CHANGE_PREFERENCES = ChangesQuery(), ChangePreferences()


async def list_own_changes(request: web.Request) -> web.Response:
    """The changes of the caller's feed after the seq `since`, in order."""
    query = load_query(request, CHANGES_QUERY)
    found = await request.app[DATABASE].read(
        user_feed.list_changes, caller(request), query["since"], query["limit"]
    )
    return text_answer(found.json)


async def show_preferences(request: web.Request) -> web.Response:
    shown = await request.app[DATABASE].read(preferences.fetch_preferences, caller(request))
    return object_answer([("preferences", shown)])


async def change_preferences(request: web.Request) -> web.Response:
    """Change what is given; the rest stays."""
    given = await load_body(request, CHANGE_PREFERENCES)
    user_id = caller(request)
    changed = await request.app[DATABASE].write(
        preferences.change_preferences, user_id, cast(PreferenceChanges, given)
    )
    push = user_push("preferences:updated", user_id, changed.seq, changed.json)
    await publish_to_feeds(request.app[REDIS], {user_id: [push]}, "preferences_not_published")
    return object_answer([("preferences", changed.json)])
