"""Starting a chat: the first message to a phone number."""

from uuid import uuid4

from aiohttp import web

from server.errors import NotFound
from server.messages.starting import ChatStarter
from server.schemas.chats import StartChat
from server.store.chats import chats
from server.store.messages.messages import ChangedMessage
from server.store.sending import chat_starts
from server.store.sending.chat_starts import StartTarget
from server.web.app_keys import CONFIG, DATABASE, PAYER, REDIS, UNIPILE
from server.web.callers import author_of
from server.web.requests import caller, load_body, object_answer, path_id, provider_of

START_CHAT = StartChat()


async def start_chat(request: web.Request) -> web.Response:
    """Send a first message to a phone number. The request waits until UniPile has accepted it; the same client_id
    again sends nothing and returns the first message.
    """
    given = await load_body(request, START_CHAT)
    target = await _fetch_target(request)
    client_id = given["client_id"] or str(uuid4())
    message = await _starter(request).start(
        request[PAYER], target, author_of(request), given["to"], client_id, given["text"]
    )
    return await _start_answer(request, message)


async def find_known_start(request: web.Request) -> web.Response | None:
    """The answer of an earlier request with this client_id, for a caller whose plan has expired since."""
    given = await load_body(request, START_CHAT)
    if not given["client_id"]:
        return None
    known = await _starter(request).find(await _fetch_target(request), author_of(request), given["client_id"])
    return await _start_answer(request, known) if known else None


def _starter(request: web.Request) -> ChatStarter:
    app = request.app
    return ChatStarter(app[DATABASE], app[REDIS], app[UNIPILE], app[CONFIG].pace)


async def _fetch_target(request: web.Request) -> StartTarget:
    target = await request.app[DATABASE].read(
        chat_starts.fetch_target, caller(request), provider_of(request), path_id(request, "account_id")
    )
    if target is None:
        raise NotFound
    return target


async def _start_answer(request: web.Request, message: ChangedMessage) -> web.Response:
    chat = await request.app[DATABASE].read(
        chats.fetch_chat, caller(request), provider_of(request), message.account_id, message.chat_id
    )
    return object_answer([("chat", chat or "null"), ("message", message.json)], 201)
