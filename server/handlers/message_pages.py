"""A chat's messages in pages: from the newest, newer than a cursor, or around one message."""

from aiohttp import web

from server.errors import NotFound
from server.schemas.messages import MessageQuery
from server.store.chats import chats
from server.store.db.keyset_pages import Key, Window
from server.store.messages import message_pages, messages
from server.store.messages.message_pages import Chat
from server.web.app_keys import DATABASE
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


async def list_messages(request: web.Request) -> web.Response:
    query = load_query(request, MESSAGE_QUERY)
    chat = Chat(
        caller(request), provider_of(request), path_id(request, "account_id"), path_id(request, "chat_id")
    )
    newer = time_cursor(query["newer"], "newer")
    if query["around"] is not None:
        return window_answer(await _fetch_around(request, chat, query["around"], query["limit"]))
    if newer is not None:
        return window_answer(await _fetch_newer(request, chat, newer, query["limit"]))
    page = await request.app[DATABASE].read(
        messages.list_messages, *chat, limit=query["limit"], after=time_cursor(query["cursor"])
    )
    # One query in the usual case; only an empty page needs a second one, to answer 404 for a foreign chat.
    if not page.items:
        await _require_chat(request, chat)
    return page_answer(page)


async def _fetch_around(request: web.Request, chat: Chat, message_id: int, limit: int) -> Window:
    window = await request.app[DATABASE].read(message_pages.list_around, chat, message_id, limit)
    if window is None:
        raise NotFound
    return window


async def _fetch_newer(request: web.Request, chat: Chat, after: Key, limit: int) -> Window:
    window = await request.app[DATABASE].read(message_pages.list_newer, chat, after, limit)
    if not window.items:
        await _require_chat(request, chat)
    return window


async def _require_chat(request: web.Request, chat: Chat) -> None:
    if await request.app[DATABASE].read(chats.fetch_chat, *chat) is None:
        raise NotFound
