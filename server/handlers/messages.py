"""Sends messages and retries them."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import uuid4

from aiohttp import web

from server.messages.retrying import retry_send
from server.messages.send_batcher import announce_sends
from server.messages.sending import SendRequest, find_sends
from server.messages.uploads import FormReader, Upload
from server.schemas.fields import MAX_ID
from server.schemas.sends import Send, SendFiles, SendForm
from server.store.messages.messages import ChangedMessage
from server.web.app_keys import CALLER, CONFIG, DATABASE, PAYER, REDIS, SENDS, STORAGE
from server.web.callers import author_of, require_chat
from server.web.requests import caller, load_body, load_fields, object_answer, path_id, provider_of

SEND, SEND_FORM, SEND_FILES = Send(), SendForm(), SendFiles()


class SendBody(NamedTuple):
    """The validated body of a send, JSON or form."""

    text: str | None
    client_id: str | None
    quote_id: int | None
    seen_seq: int | None
    hold: bool
    uploads: list[Upload]


async def send_message(request: web.Request) -> web.Response:
    """Store the message; the outbox sends it to UniPile afterwards. The same client_id again sends nothing and returns
    the messages of the first request.

    Files come as multipart/form-data with the same fields and `attachments`. Each file is a message of its own, in
    order; the text goes with the first, which is `message` of the answer.
    """
    send = _send_request(request, await _read_send(request))
    return _sent_answer(await request.app[SENDS].store(send))


def _send_request(request: web.Request, body: SendBody) -> SendRequest:
    return SendRequest(
        request[PAYER],
        caller(request),
        provider_of(request),
        path_id(request, "account_id"),
        path_id(request, "chat_id"),
        author_of(request),
        body.client_id or str(uuid4()),
        body.text,
        body.quote_id,
        body.uploads,
        _seen_seq(request, body.seen_seq),
        body.seen_seq if body.hold else None,
    )


def _seen_seq(request: web.Request, given: int | None) -> int | None:
    """The seq up to which the sender has read: what was given, else everything; None for a program."""
    if request[CALLER].key is not None:
        return None
    return MAX_ID if given is None else given


async def find_known_send(request: web.Request) -> web.Response | None:
    """The answer of an earlier request with this client_id, for a caller whose plan has expired since."""
    body = await _read_send(request)
    if body.client_id is None:
        return None
    await require_chat(request)
    known = await request.app[DATABASE].read(
        find_sends, path_id(request, "account_id"), path_id(request, "chat_id"), body.client_id
    )
    return _sent_answer(known) if known else None


def _sent_answer(messages: Sequence[ChangedMessage]) -> web.Response:
    every = ",".join(message.json for message in messages)
    return object_answer([("message", messages[0].json), ("messages", f"[{every}]")], 201)


async def _read_send(request: web.Request) -> SendBody:
    if request.content_type != "multipart/form-data":
        return SendBody(**await load_body(request, SEND), uploads=[])
    # Before the files are read: a caller who cannot write to the chat must not fill the storage.
    await require_chat(request)
    reader = FormReader(request.app[STORAGE], request.app[DATABASE], request.app[CONFIG].media)
    form = await reader.read(request)
    given = load_fields(form.fields, SEND_FILES if form.uploads else SEND_FORM)
    return SendBody(**given, uploads=form.uploads)


async def retry_message(request: web.Request) -> web.Response:
    """Retry a message that failed, or whose outcome is unknown: the user decides that, and it is a new send."""
    stored = await request.app[DATABASE].write(
        retry_send,
        request[PAYER],
        caller(request),
        provider_of(request),
        path_id(request, "account_id"),
        path_id(request, "message_id"),
        path_id(request, "chat_id") if "chat_id" in request.match_info else None,
    )
    await announce_sends(request.app[REDIS], [stored])
    return object_answer([("message", stored.messages[0].json)])
