"""Messages: read them, send them."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from aiohttp import web

from server.errors import NotFound
from server.messages.retrying import retry_send
from server.messages.send_batcher import announce_sends
from server.messages.sending import SendRequest, StoredSend, find_sends
from server.messages.uploads import FormReader, Upload
from server.schemas.fields import MAX_ID, ListQuery
from server.schemas.messages import Send, SendFiles, SendForm
from server.store.chats import chats
from server.store.messages.messages import ChangedMessage
from server.web.app_keys import CALLER, CONFIG, DATABASE, PAYER, REDIS, SENDS, STORAGE
from server.web.requests import caller, load_body, load_fields, object_answer, path_id, provider_of

LIST_QUERY, SEND, SEND_FORM, SEND_FILES = ListQuery(), Send(), SendForm(), SendFiles()


async def send_message(request: web.Request) -> web.Response:
    """Write the message's row, then let the outbox hand it to UniPile; the same client_id sends nothing twice.

    Files come as multipart/form-data with the same fields and `attachments`. Each file is a message of its own, in
    order; the text goes with the first, which is `message` of the answer.
    """
    given, uploads = await _read_send(request)
    wish = SendRequest(
        request[PAYER],
        caller(request),
        provider_of(request),
        path_id(request, "account_id"),
        path_id(request, "chat_id"),
        given["client_id"] or str(uuid4()),
        given["text"],
        given["quote_id"],
        uploads,
        _seen_seq(request, given["seen_seq"]),
    )
    return _sent(await request.app[SENDS].store(wish))


def _seen_seq(request: web.Request, told: int | None) -> int | None:
    """Up to where the writer has read: what they had before them, else all that is there; a program reads nothing."""
    if request[CALLER].key is not None:
        return None
    return MAX_ID if told is None else told


async def find_known_send(request: web.Request) -> web.Response | None:
    """A repetition of what went out before sending was shut is told of that message: a refusal would be untrue."""
    given, _ = await _read_send(request)
    place = (path_id(request, "account_id"), path_id(request, "chat_id"))
    if given["client_id"] is None:
        return None
    known = await request.app[DATABASE].read(find_sends, *place, given["client_id"])
    return _sent(known) if known else None


def _sent(stored: Sequence[ChangedMessage]) -> web.Response:
    every = ",".join(message.json for message in stored)
    return object_answer([("message", stored[0].json), ("messages", f"[{every}]")], 201)


async def _read_send(request: web.Request) -> tuple[dict[str, Any], list[Upload]]:
    if request.content_type != "multipart/form-data":
        return await load_body(request, SEND), []
    # Nobody fills the storage through an address where they may not write.
    chat = await request.app[DATABASE].read(
        chats.fetch_reachable_chat, caller(request), path_id(request, "chat_id")
    )
    if chat is None or (chat.account_id, chat.provider) != (
        path_id(request, "account_id"),
        provider_of(request),
    ):
        raise NotFound
    reader = FormReader(request.app[STORAGE], request.app[DATABASE], request.app[CONFIG].media)
    form = await reader.read(request)
    given = load_fields(form.fields, SEND_FILES if form.uploads else SEND_FORM)
    return given, form.uploads


async def retry_message(request: web.Request) -> web.Response:
    """Send once more what failed, or what nobody knows the outcome of: a person's decision, and a new attempt."""
    message, pushes = await request.app[DATABASE].write(
        retry_send,
        request[PAYER],
        caller(request),
        provider_of(request),
        path_id(request, "account_id"),
        path_id(request, "message_id"),
        path_id(request, "chat_id") if "chat_id" in request.match_info else None,
    )
    await announce_sends(request.app[REDIS], [StoredSend([message], pushes)])
    return object_answer([("message", message.json)])
