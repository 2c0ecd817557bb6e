"""Ends the mails about notifications, by the link in each of them."""

from aiohttp import web

from server.auth.unsubscribing import read_unsubscribe_token
from server.errors import NotFound
from server.realtime.broker import publish_to_feeds
from server.realtime.pushes import user_push
from server.store.people import preferences
from server.web.app_keys import CONFIG, DATABASE, REDIS


async def unsubscribe(request: web.Request) -> web.Response:
    """Turn mail off for every event, without signing in; the same answer when it is off. Mail programs send this
    themselves (RFC 8058), with a form that says nothing more; opening the link only shows a page with a button.
    """
    secrets = request.app[CONFIG].secrets
    known = (secrets.jwt_secret, secrets.jwt_secret_previous)
    user_id = read_unsubscribe_token(known, request.match_info["token"])
    if user_id is None:
        raise NotFound
    changed = await request.app[DATABASE].write(preferences.stop_mail, user_id)
    if changed is not None:
        push = user_push("preferences:updated", user_id, changed.seq, changed.json)
        await publish_to_feeds(request.app[REDIS], {user_id: [push]}, "preferences_not_published")
    return web.Response(status=204)
