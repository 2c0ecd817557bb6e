"""Messages: read them, send them."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import structlog
from aiohttp import web
from aiopg import Cursor

from server.errors import ConfabError, NotFound, Unavailable
from server.http import (
    caller,
    load_body,
    load_query,
    object_answer,
    page_answer,
    path_id,
    provider_of,
    time_cursor,
)
from server.keys import DATABASE, REDIS
from server.queue import SEND_CHAT, enqueue
from server.realtime.broker import publish
from server.realtime.events import Push, make_push
from server.refusals import refusal_of
from server.schemas.fields import ListQuery
from server.schemas.messages import Send
from server.store import attempts, chats, messages, outbox, usage
from server.store.messages import ChangedMessage

log = structlog.get_logger()

LIST_QUERY, SEND = ListQuery(), Send()


async def list_messages(request: web.Request) -> web.Response:
    query = load_query(request, LIST_QUERY)
    page = await request.app[DATABASE].read(
        messages.list_messages,
        caller(request),
        provider_of(request),
        path_id(request, "account_id"),
        path_id(request, "chat_id"),
        limit=query["limit"],
        after=time_cursor(query["cursor"]),
    )
    # One query in the usual case; only an empty page needs a second one to tell "none" from "not yours".
    if not page.items:
        await _require_chat(request)
    return page_answer(page)


async def _require_chat(request: web.Request) -> None:
    chat = await request.app[DATABASE].read(
        chats.fetch_chat,
        caller(request),
        provider_of(request),
        path_id(request, "account_id"),
        path_id(request, "chat_id"),
    )
    if chat is None:
        raise NotFound


async def send_message(request: web.Request) -> web.Response:
    """Write the message's row, then let the outbox hand it to UniPile; the same client_id sends nothing twice."""
    given = await load_body(request, SEND)
    client_id = given["client_id"] or str(uuid4())
    message, pushes = await request.app[DATABASE].write(
        _store_send,
        caller(request),
        provider_of(request),
        path_id(request, "account_id"),
        path_id(request, "chat_id"),
        client_id,
        given,
    )
    if pushes:
        await _announce(request, message, pushes)
    return object_answer([("message", message.json)], 201)


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
    user_id: int,
    provider: str,
    account_id: int,
    chat_id: int,
    client_id: str,
    given: Mapping[str, Any],
) -> tuple[ChangedMessage, list[Push]]:
    """One transaction: who may, what is allowed, the row, its chat, the count. No pushes when it was sent before."""
    target = await outbox.lock_send_target(cursor, user_id, provider, account_id, chat_id)
    if target is None:
        raise NotFound
    if refusal := refusal_of(target.role, target.account_status, is_entitled=target.is_entitled):
        # A retry of what went out before sending was shut is told of that message: a refusal would be untrue.
        known = await outbox.fetch_by_client_id(cursor, account_id, client_id)
        if target.role == "viewer" or known is None or known.chat_id != chat_id:
            raise refusal
        return known, []
    quoted = await _quoted(cursor, chat_id, given["quote_id"])
    stored = await outbox.insert_send(cursor, account_id, chat_id, client_id, given["text"], quoted)
    if stored is None:
        return await _known_send(cursor, account_id, chat_id, client_id), []
    message, sent_at = stored
    await usage.raise_usage(cursor, provider, [{"user_id": target.owner_id, "sent": 1, "received": 0}])
    return message, [
        make_push("message:updated", account_id, message.seq, chat_id, message.json),
        await _advance_chat(cursor, message, sent_at, given["text"]),
    ]


async def retry_message(request: web.Request) -> web.Response:
    """Send once more what failed, or what nobody knows the outcome of: a person's decision, and a new attempt."""
    message, pushes = await request.app[DATABASE].write(
        _queue_again,
        caller(request),
        provider_of(request),
        path_id(request, "account_id"),
        path_id(request, "message_id"),
        path_id(request, "chat_id") if "chat_id" in request.match_info else None,
    )
    await _announce(request, message, pushes)
    return object_answer([("message", message.json)])


async def _queue_again(
    cursor: Cursor, user_id: int, provider: str, account_id: int, message_id: int, chat_id: int | None
) -> tuple[ChangedMessage, list[Push]]:
    """One transaction: who may, what is allowed, the row, its chat, the count that a failure gave back."""
    known = await attempts.lock_retry_target(cursor, user_id, provider, account_id, message_id)
    if known is None or chat_id not in (None, known.chat_id):
        raise NotFound
    target = known.target
    if refusal := refusal_of(target.role, target.account_status, is_entitled=target.is_entitled):
        raise refusal
    if known.status not in ("failed", "unconfirmed"):
        raise ConfabError("conflict", "Only a message that failed or is unconfirmed can be tried again.")
    if known.status == "failed":
        await usage.raise_sent(cursor, target.owner_id, provider, known.period_ym)
    message, sent_at = await attempts.queue_again(cursor, message_id)
    return message, [
        make_push("message:updated", account_id, message.seq, message.chat_id, message.json),
        await _advance_chat(cursor, message, sent_at, known.body),
    ]


async def _advance_chat(cursor: Cursor, message: ChangedMessage, sent_at: str, text: str) -> Push:
    """The chat with this message of ours as its last: who writes has read."""
    change = {
        "account_id": message.account_id,
        "chat_id": message.chat_id,
        "message_id": message.id,
        "sent_at": sent_at,
        "message_key": "",
        "preview": text[: chats.PREVIEW_LENGTH],
        "read_until": sent_at,
        "inbound": [],
    }
    (chat,) = await chats.advance_chats(cursor, [change])
    return make_push("chat:updated", message.account_id, chat.seq, chat.id, chat.json)


async def _quoted(cursor: Cursor, chat_id: int, quote_id: int | None) -> str | None:
    """What the answer keeps of the message it quotes."""
    if quote_id is None:
        return None
    quoted = await outbox.fetch_quotable(cursor, chat_id, quote_id)
    if quoted is None:
        raise ConfabError("invalid", fields={"quote_id": ["No message of this chat that can be answered."]})
    return quoted


async def _known_send(cursor: Cursor, account_id: int, chat_id: int, client_id: str) -> ChangedMessage:
    known = await outbox.fetch_by_client_id(cursor, account_id, client_id)
    if known is None or known.chat_id != chat_id:
        raise ConfabError("conflict", "This client_id belongs to a message of another chat.")
    return known
