"""The conversations of a chat, and what users did with it."""

from aiohttp import web

from server.schemas.fields import ListQuery
from server.store.conversations import activities, conversations
from server.web.app_keys import DATABASE
from server.web.callers import require_chat
from server.web.requests import (
    decode_cursor,
    load_query,
    page_answer,
    time_cursor,
)

LIST_QUERY = ListQuery()


async def list_conversations(request: web.Request) -> web.Response:
    """The chat's conversations, newest first."""
    query, chat = load_query(request, LIST_QUERY), await require_chat(request)
    before = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        conversations.list_conversations, chat.id, query["limit"], before[1] if before else None
    )
    return page_answer(page)


async def list_activities(request: web.Request) -> web.Response:
    """What users did with the chat, newest first."""
    query, chat = load_query(request, LIST_QUERY), await require_chat(request)
    page = await request.app[DATABASE].read(
        activities.list_activities, chat.id, limit=query["limit"], after=time_cursor(query["cursor"])
    )
    return page_answer(page)
