"""The caller's notifications: the list behind the bell."""

from aiohttp import web

from server.realtime.broker import publish_to_feeds
from server.realtime.pushes import user_push
from server.schemas.fields import ListQuery
from server.schemas.notifications import ReadNotifications
from server.store.people import notifications
from server.web.app_keys import DATABASE, REDIS
from server.web.requests import (
    caller,
    decode_cursor,
    json_answer,
    load_body,
    load_query,
    object_answer,
    page_parts,
)

LIST_QUERY, READ_NOTIFICATIONS = ListQuery(), ReadNotifications()


async def list_notifications(request: web.Request) -> web.Response:
    """The caller's notifications, newest first, and how many are unread."""
    query, database = load_query(request, LIST_QUERY), request.app[DATABASE]
    before = decode_cursor(query["cursor"])
    page = await database.read(
        notifications.list_notifications, caller(request), query["limit"], before[1] if before else None
    )
    unread = await database.read(notifications.count_unread, caller(request))
    return object_answer([*page_parts(page), ("unread", str(unread))])


async def read_notifications(request: web.Request) -> web.Response:
    """Mark as read: some, those of a chat, or all. Answers how many are unread now."""
    given, database = await load_body(request, READ_NOTIFICATIONS), request.app[DATABASE]
    user_id = caller(request)
    if given["all"]:
        marked = await database.write(notifications.mark_all_read, user_id)
        push = user_push("notifications:read", user_id, marked.seq, marked.json)
        await publish_to_feeds(request.app[REDIS], {user_id: [push]}, "read_marks_not_published")
    else:
        await database.write(notifications.mark_read, user_id, given["ids"], given["chat_id"])
    return json_answer({"unread": await database.read(notifications.count_unread, user_id)})
