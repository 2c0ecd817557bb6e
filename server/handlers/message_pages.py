"""A chat's messages in pages: from the newest, newer than a cursor, around one message, or at the first unread one."""

from typing import Literal, TypedDict, cast

from aiohttp import web

from server.errors import NotFound
from server.schemas.messages import MessageQuery
from server.store.db.keyset_pages import Key, Window
from server.store.messages import message_pages, messages, unread_pages
from server.store.messages.message_pages import Chat
from server.web.answers.page_answers import answer_page
from server.web.app_keys import DATABASE
from server.web.callers import require_chat
from server.web.requests import (
    caller,
    load_query,
    page_answer,
    path_id,
    provider_of,
    time_cursor,
    window_answer,
)

MESSAGE_QUERY = MessageQuery()


class MessageFilters(TypedDict):
    """A loaded `MessageQuery`."""

    limit: int
    cursor: str | None
    around: int | None
    newer: str | None
    at: Literal["unread"] | None


async def list_messages(request: web.Request) -> web.Response:
    query = cast(MessageFilters, load_query(request, MESSAGE_QUERY))
    return await answer_page(request, tuple(query.items()), lambda: _read_page(request, query))


async def _read_page(request: web.Request, query: MessageFilters) -> web.Response:
    chat = _chat_of(request)
    newer, older = time_cursor(query["newer"], "newer"), time_cursor(query["cursor"])
    if query["at"] is not None:
        return await _answer_at_unread(request, chat, query["limit"])
    if query["around"] is not None:
        return window_answer(await _fetch_around(request, chat, query["around"], query["limit"]))
    if newer is not None:
        return window_answer(await _fetch_newer(request, chat, newer, query["limit"]))
    page = await request.app[DATABASE].read(messages.list_messages, *chat, limit=query["limit"], after=older)
    # One query in the usual case; only an empty page needs a second one, to answer 404 for a foreign chat.
    if not page.items:
        await require_chat(request)
    return page_answer(page) if older is None else window_answer(Window(*page))


async def _answer_at_unread(request: web.Request, chat: Chat, limit: int) -> web.Response:
    window, late = await request.app[DATABASE].read(unread_pages.list_at_unread, chat, limit)
    if not window.items:
        await require_chat(request)
    return window_answer(window, late=late)


def _chat_of(request: web.Request) -> Chat:
    ids = path_id(request, "account_id"), path_id(request, "chat_id")
    return Chat(caller(request), provider_of(request), *ids)


async def _fetch_around(request: web.Request, chat: Chat, message_id: int, limit: int) -> Window:
    window = await request.app[DATABASE].read(message_pages.list_around, chat, message_id, limit)
    if window is None:
        raise NotFound
    return window


async def _fetch_newer(request: web.Request, chat: Chat, after: Key, limit: int) -> Window:
    window = await request.app[DATABASE].read(message_pages.list_newer, chat, after, limit)
    if not window.items:
        await require_chat(request)
    return window
