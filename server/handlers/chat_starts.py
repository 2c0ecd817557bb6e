"""Chats that begin here: the first message to a phone number."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

import structlog
from aiohttp import web

from server.accounts.provider_errors import error_from, error_of
from server.errors import ConfabError, NotFound
from server.messages.starting import (
    UNKNOWN_OUTCOME,
    begin_start,
    find_started,
    require_messages_left,
    store_started,
)
from server.queue import NOTE_USAGE, REFRESH_CHAT, enqueue
from server.realtime.broker import log_if_unavailable, publish
from server.realtime.events import Push
from server.schemas.chats import StartChat
from server.store.chats import chats
from server.store.messages.messages import ChangedMessage
from server.store.sending import chat_starts, pacing
from server.store.sending.chat_starts import ChatStart, StartTarget
from server.text.phones import is_same_phone
from server.unipile import jids
from server.unipile.errors import OutcomeUnknown, UnipileError
from server.web.app_keys import CONFIG, DATABASE, PAYER, REDIS, UNIPILE
from server.web.requests import caller, load_body, object_answer, path_id, provider_of

log = structlog.get_logger()

START_CHAT = StartChat()


async def start_chat(request: web.Request) -> web.Response:
    """Write to a phone number. UniPile is asked while the caller waits: only it knows whether the number has WhatsApp
    and which chat it is. A row with the client_id stands before the call, so that an unknown outcome is never
    followed by a second message.
    """
    given = await load_body(request, START_CHAT)
    target = await _target_of(request)
    client_id = given["client_id"] or str(uuid4())
    if (known := await request.app[DATABASE].write(find_started, target, client_id)) is not None:
        return await _started(request, known, [])
    if refusal := error_of(target.account_status):
        raise refusal
    if is_same_phone(given["to"], target.phone):
        raise ConfabError("invalid", fields={"to": ["This is the number itself."]})
    address = await _address_of(request, target, given["to"].removeprefix("+"))
    start = ChatStart(target.account_id, client_id, address, given["text"])
    # Before the pace as well: a chat that the plan refuses must not cost the number one of its day's.
    await request.app[DATABASE].read(require_messages_left, request[PAYER], target.owner_id)
    await _require_pace(request, start)
    begun_at = await request.app[DATABASE].write(begin_start, request[PAYER], start)
    if begun_at is None:
        raise ConfabError("conflict", "This message is being sent.")
    try:
        return await _hand_over(request, target, start, begun_at)
    finally:  # it was counted, and stays so unless it certainly did not go out
        await _note_usage(request, start.account_id)


async def find_known_start(request: web.Request) -> web.Response | None:
    """What an earlier request with this client_id did, for one whose plan has run out since."""
    given = await load_body(request, START_CHAT)
    known = given["client_id"] and await request.app[DATABASE].write(
        find_started, await _target_of(request), given["client_id"]
    )
    return await _started(request, known, []) if known else None


async def _target_of(request: web.Request) -> StartTarget:
    target = await request.app[DATABASE].read(
        chat_starts.fetch_target, caller(request), provider_of(request), path_id(request, "account_id")
    )
    if target is None:
        raise NotFound
    return target


async def _address_of(request: web.Request, target: StartTarget, digits: str) -> str:
    """The number as WhatsApp knows it, where somebody has written with it under its other form."""
    addresses = jids.phone_addresses(digits)
    if len(addresses) == 1:
        return addresses[0]
    known = await request.app[DATABASE].read(chat_starts.find_address, target.account_id, addresses)
    return known or addresses[0]


async def _require_pace(request: web.Request, start: ChatStart) -> None:
    """Keep a fresh number from beginning many chats a day, which is what gets numbers blocked."""
    limits, database = request.app[CONFIG].pace, request.app[DATABASE]
    if not limits.enabled or await database.read(pacing.is_known_address, start.account_id, start.address):
        return
    seconds = await database.write(
        pacing.take_new_chat, start.account_id, limits.fresh_days, limits.new_chats_per_day
    )
    if seconds is not None:
        raise ConfabError(
            "too_many_requests",
            f"A new number may begin {limits.new_chats_per_day} chats a day: WhatsApp blocks those that begin more. "
            "The next one may follow later.",
            retry_after=int(seconds) + 1,
        )


async def _hand_over(
    request: web.Request, target: StartTarget, start: ChatStart, begun_at: datetime
) -> web.Response:
    unipile, database = request.app[UNIPILE], request.app[DATABASE]
    try:
        chat_id, message_id = await unipile.start_chat(target.external_account_id, start.address, start.body)
    except OutcomeUnknown as error:
        refusal = error_from(error)
        raise ConfabError(refusal.code, UNKNOWN_OUTCOME) from error
    except UnipileError as error:
        # It certainly did not go out: the same client_id may try again.
        await database.write(chat_starts.delete_start, start)
        raise error_from(error) from error
    try:
        chat_id = chat_id or await unipile.fetch_chat_id(target.external_account_id, start.address)
    except UnipileError as error:
        log.info("new_chat_not_read", account_id=start.account_id, error=error.type)
    if chat_id is None:
        raise ConfabError("provider_timeout", UNKNOWN_OUTCOME)
    message, pushes = await database.write(
        store_started, provider_of(request), start, begun_at, chat_id, message_id
    )
    return await _started(request, message, pushes)


async def _note_usage(request: web.Request, account_id: int) -> None:
    with log_if_unavailable("usage_not_told", account_id=account_id):
        await enqueue(request.app[REDIS], NOTE_USAGE, account_id)


async def _started(request: web.Request, message: ChangedMessage, pushes: Sequence[Push]) -> web.Response:
    """The message went out: nothing that fails now may make the caller send it again."""
    with log_if_unavailable("new_chat_not_announced", chat_id=message.chat_id):
        await publish(request.app[REDIS], message.account_id, pushes)
        await enqueue(request.app[REDIS], REFRESH_CHAT, message.chat_id)
    place = (caller(request), provider_of(request), message.account_id, message.chat_id)
    chat = await request.app[DATABASE].read(chats.fetch_chat, *place)
    return object_answer([("chat", chat or "null"), ("message", message.json)], 201)
