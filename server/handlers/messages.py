"""Messages: read them, send them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import structlog
from aiohttp import web
from aiopg import Cursor

from server.errors import ConfabError, NotFound, Unavailable
from server.http import (
    caller,
    load_body,
    load_fields,
    object_answer,
    path_id,
    provider_of,
)
from server.keys import CONFIG, DATABASE, PAYER, REDIS, STORAGE
from server.paying import Payer
from server.queue import SEND_CHAT, enqueue
from server.quotas import require_messages
from server.realtime.broker import publish
from server.realtime.events import Push, make_push
from server.refusals import refusal_of
from server.schemas.fields import ListQuery
from server.schemas.messages import Send, SendFiles, SendForm
from server.store import attempts, chats, media, sends, usage
from server.store.chat_marks import preview_of
from server.store.messages import ChangedMessage
from server.uploads import FormReader, Upload

log = structlog.get_logger()

LIST_QUERY, SEND, SEND_FORM, SEND_FILES = ListQuery(), Send(), SendForm(), SendFiles()


async def send_message(request: web.Request) -> web.Response:
    """Write the message's row, then let the outbox hand it to UniPile; the same client_id sends nothing twice.

    Files come as multipart/form-data with the same fields and `attachments`. Each file is a message of its own, in
    order; the text goes with the first, which is `message` of the answer.
    """
    given, uploads = await _read_send(request)
    stored, pushes = await request.app[DATABASE].write(
        _store_send,
        request[PAYER],
        caller(request),
        provider_of(request),
        path_id(request, "account_id"),
        path_id(request, "chat_id"),
        given["client_id"] or str(uuid4()),
        given,
        uploads,
    )
    if pushes:
        await _announce(request, stored[0], pushes)
    return _sent(stored)


async def find_known_send(request: web.Request) -> web.Response | None:
    """A repetition of what went out before sending was shut is told of that message: a refusal would be untrue."""
    given, _ = await _read_send(request)
    place = (path_id(request, "account_id"), path_id(request, "chat_id"))
    if given["client_id"] is None:
        return None
    known = await request.app[DATABASE].read(_find_sends, *place, given["client_id"])
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


async def _announce(request: web.Request, message: ChangedMessage, pushes: list[Push]) -> None:
    """The row is committed, so the send is accepted: with Redis away the worker's look-around finds it later, and
    a failure told here would make the caller send it a second time.
    """
    try:
        await enqueue(request.app[REDIS], SEND_CHAT, message.chat_id)
        await publish(request.app[REDIS], message.account_id, pushes)
    except Unavailable as error:
        log.warning("send_not_announced", message_id=message.id, error=error.message)


async def _store_send(
    cursor: Cursor,
    payer: Payer,
    user_id: int,
    provider: str,
    account_id: int,
    chat_id: int,
    client_id: str,
    given: Mapping[str, Any],
    uploads: Sequence[Upload],
) -> tuple[list[ChangedMessage], list[Push]]:
    """One transaction: who may, what is allowed, the rows, their chat, the count. No pushes when it was sent before."""
    target = await sends.lock_send_target(cursor, user_id, provider, account_id, chat_id)
    if target is None:
        raise NotFound
    if refusal := refusal_of(target.account_status):
        known = await _find_sends(cursor, account_id, chat_id, client_id)
        if not known:
            raise refusal
        return known, []
    quoted = await _quoted(cursor, chat_id, given["quote_id"])
    stored = await _insert_sends(cursor, account_id, chat_id, client_id, given["text"], quoted, uploads)
    if not stored:
        return await _known_sends(cursor, account_id, chat_id, client_id), []
    count = {"user_id": target.owner_id, "sent": len(stored), "here": len(stored), "received": 0}
    await usage.raise_usage(cursor, provider, [count])
    await require_messages(cursor, payer, target.owner_id, len(stored))
    shown = [upload.attachment for upload in uploads[-1:]]
    preview = preview_of(given["text"] if len(stored) == 1 else None, shown)
    return [message for message, _ in stored], [
        *(make_push("message:updated", account_id, m.seq, chat_id, m.json) for m, _ in stored),
        await _advance_chat(cursor, *stored[-1], preview),
    ]


async def retry_message(request: web.Request) -> web.Response:
    """Send once more what failed, or what nobody knows the outcome of: a person's decision, and a new attempt."""
    message, pushes = await request.app[DATABASE].write(
        _queue_again,
        request[PAYER],
        caller(request),
        provider_of(request),
        path_id(request, "account_id"),
        path_id(request, "message_id"),
        path_id(request, "chat_id") if "chat_id" in request.match_info else None,
    )
    await _announce(request, message, pushes)
    return object_answer([("message", message.json)])


async def _queue_again(
    cursor: Cursor,
    payer: Payer,
    user_id: int,
    provider: str,
    account_id: int,
    message_id: int,
    chat_id: int | None,
) -> tuple[ChangedMessage, list[Push]]:
    """One transaction: who may, what is allowed, the row, its chat; the message counts as one of today."""
    known = await attempts.lock_retry_target(cursor, user_id, provider, account_id, message_id)
    if known is None or chat_id not in (None, known.chat_id):
        raise NotFound
    target = known.target
    if refusal := refusal_of(target.account_status):
        raise refusal
    if known.status not in ("failed", "unconfirmed"):
        raise ConfabError("conflict", "Only a message that failed or is unconfirmed can be tried again.")
    message, sent_at = await attempts.queue_again(cursor, message_id)
    await require_messages(cursor, payer, target.owner_id, 1)
    return message, [
        make_push("message:updated", account_id, message.seq, message.chat_id, message.json),
        await _advance_chat(cursor, message, sent_at, preview_of(known.body, known.attachments)),
    ]


async def _advance_chat(cursor: Cursor, message: ChangedMessage, sent_at: str, preview: str) -> Push:
    """The chat with this message of ours as its last: who writes has read."""
    change = {
        "account_id": message.account_id,
        "chat_id": message.chat_id,
        "message_id": message.id,
        "sent_at": sent_at,
        "message_key": "",
        "preview": preview,
        "read_until": sent_at,
        "inbound": [],
    }
    (chat,) = await chats.advance_chats(cursor, [change])
    return make_push("chat:updated", message.account_id, chat.seq, chat.id, chat.json)


async def _insert_sends(
    cursor: Cursor,
    account_id: int,
    chat_id: int,
    client_id: str,
    text: str | None,
    quoted: str | None,
    uploads: Sequence[Upload],
) -> list[tuple[ChangedMessage, str]]:
    """(message, sent_at) of each row: one a file, or the text alone. None of them when the client_id is taken."""
    stored = []
    for number, upload in enumerate(uploads or [None], start=1):
        row = await sends.insert_send(
            cursor,
            account_id,
            chat_id,
            part_id(client_id, number),
            text if number == 1 else None,
            quoted if number == 1 else None,
            [upload.attachment] if upload else [],
        )
        if row is None and number == 1:
            return []
        if row is None:
            raise ConfabError("conflict", "A part of this client_id belongs to another message.")
        if upload:
            await media.refer(cursor, row[0].id, upload.attachment["id"], upload.sha256)
        stored.append(row)
    return stored


async def _quoted(cursor: Cursor, chat_id: int, quote_id: int | None) -> str | None:
    """What the answer keeps of the message it quotes."""
    if quote_id is None:
        return None
    quoted = await sends.fetch_quotable(cursor, chat_id, quote_id)
    if quoted is None:
        raise ConfabError("invalid", fields={"quote_id": ["No message of this chat that can be answered."]})
    return quoted


async def _known_sends(cursor: Cursor, account_id: int, chat_id: int, client_id: str) -> list[ChangedMessage]:
    """The messages that this client_id, which is taken, stands for."""
    known = await _find_sends(cursor, account_id, chat_id, client_id)
    if not known:
        raise ConfabError("conflict", "This client_id belongs to a message of another chat.")
    return known


async def _find_sends(cursor: Cursor, account_id: int, chat_id: int, client_id: str) -> list[ChangedMessage]:
    """The messages of this chat that the client_id stands for, in order."""
    known: list[ChangedMessage] = []
    while message := await sends.fetch_by_client_id(cursor, account_id, part_id(client_id, len(known) + 1)):
        known.append(message)
    return known if known and known[0].chat_id == chat_id else []


def part_id(client_id: str, number: int) -> str:
    """The client_id of the n-th message of one send: the caller's own for the first."""
    return client_id if number == 1 else f"{client_id}#{number}"
