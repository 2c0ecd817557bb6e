"""Amendments: change or delete a message of ours, react to any; confirmed by reading it again at UniPile."""

import asyncio
from collections.abc import Callable

import structlog
from aiohttp import web

from server.accounts.provider_errors import caller_detail, error_of
from server.errors import ConfabError, NotFound
from server.messages.amending import apply_provider_state
from server.queue import AMEND_MESSAGE, enqueue
from server.realtime.broker import log_if_unavailable, publish_or_log
from server.realtime.pushes import amended_pushes
from server.rules.amendments import ProviderState
from server.schemas.messages import EditMessage, React
from server.store.messages import amendments, messages
from server.store.messages.amendments import Amended
from server.store.messages.messages import OpenMessage
from server.unipile.errors import UnipileError
from server.unipile.states import MessageState
from server.web.app_keys import DATABASE, REDIS, UNIPILE
from server.web.requests import caller, load_body, object_answer, path_id, provider_of

log = structlog.get_logger()

EDIT_MESSAGE, REACT = EditMessage(), React()
# UniPile may need a moment until it shows what it has accepted.
READ_PAUSES_SECONDS = (0.0, 0.3, 1.0)
LATE_READ_SECONDS = 5.0
# WhatsApp draws some hearts and suns with a mark behind them, and leaves it out when it tells of them.
EMOJI_STYLE = "\ufe0f"

Wanted = Callable[[MessageState], bool]


async def edit_message(request: web.Request) -> web.Response:
    """Change the text of a message of ours; 409 when WhatsApp's time for that is over."""
    given = await load_body(request, EDIT_MESSAGE)
    message = await _open_message(request, must_be_own=True)
    with caller_detail():
        await request.app[UNIPILE].edit_message(message.provider_msg_id, given["text"])
    sentence = "WhatsApp did not change the message: it can be edited for a quarter of an hour."
    return await _confirmed(request, message, lambda state: state.body == given["text"], sentence)


async def delete_message(request: web.Request) -> web.Response:
    """Delete a message of ours for everyone; 409 when WhatsApp's time for that is over."""
    message = await _open_message(request, must_be_own=True)
    with caller_detail():
        await request.app[UNIPILE].delete_message(message.provider_msg_id)
    sentence = "WhatsApp did not delete the message: its time for that is over."
    return await _confirmed(request, message, lambda state: state.is_deleted, sentence)


async def set_reaction(request: web.Request) -> web.Response:
    """React to a message as the number, in place of an earlier reaction."""
    given = await load_body(request, REACT)
    return await _react(request, given["value"])


async def remove_reaction(request: web.Request) -> web.Response:
    """Take the number's reaction back."""
    return await _react(request, "")


async def _react(request: web.Request, value: str) -> web.Response:
    message = await _open_message(request, must_be_own=False)
    with caller_detail():
        await request.app[UNIPILE].react(message.provider_msg_id, value)
    plain = value.replace(EMOJI_STYLE, "")

    def is_there(state: MessageState) -> bool:
        own = [r["value"].replace(EMOJI_STYLE, "") for r in state.reactions if r["is_own"]]
        return own == ([plain] if plain else [])

    return await _confirmed(request, message, is_there, None)


async def _open_message(request: web.Request, *, must_be_own: bool) -> OpenMessage:
    """The message of the path, when the caller may do something with it now."""
    message = await request.app[DATABASE].read(
        messages.fetch_open_message,
        caller(request),
        provider_of(request),
        path_id(request, "account_id"),
        path_id(request, "chat_id") if "chat_id" in request.match_info else None,
        path_id(request, "message_id"),
    )
    if message is None:
        raise NotFound
    if refusal := error_of(message.account_status):
        raise refusal
    if must_be_own and message.direction != "out":
        raise ConfabError("forbidden", "Only messages of your own can be changed.")
    if message.is_event or message.is_deleted or not message.provider_msg_id:
        raise ConfabError("conflict", "This message is deleted, or has not been sent yet.")
    return message


async def _confirmed(
    request: web.Request, message: OpenMessage, is_wanted: Wanted, refusal: str | None
) -> web.Response:
    """Read the message until UniPile shows the change, which it may accept and not make (§7). What stays open is left
    to a job, which tells of it live.
    """
    for pause in READ_PAUSES_SECONDS:
        await asyncio.sleep(pause)
        read_at, hints = await request.app[DATABASE].read(
            amendments.list_amendments, message.account_id, message.provider_msg_id
        )
        try:
            state = await request.app[UNIPILE].fetch_message(message.provider_msg_id)
        except UnipileError as error:
            log.info("change_not_confirmed", message_id=message.id, error=error.type)
            refusal = None  # it was accepted, and nothing says that it was not made
            break
        if is_wanted(state):
            truth = ProviderState(state.body, state.is_edited, state.is_deleted, state.reactions, read_at)
            amended = await request.app[DATABASE].write(apply_provider_state, message, truth, hints)
            await _publish(request, message.account_id, amended)
            return await _answer(request, message)
    key = (message.account_id, message.provider_msg_id)
    with log_if_unavailable("change_not_looked_up", message_id=message.id):
        await enqueue(request.app[REDIS], AMEND_MESSAGE, *key, delay_seconds=LATE_READ_SECONDS)
    if refusal is not None:
        raise ConfabError("conflict", refusal)
    return await _answer(request, message)


async def _publish(request: web.Request, account_id: int, amended: Amended) -> None:
    """The change is made: a failure told here would make the caller ask for it again."""
    await publish_or_log(request.app[REDIS], account_id, amended_pushes(*amended), "change_not_published")


async def _answer(request: web.Request, message: OpenMessage) -> web.Response:
    shown = await request.app[DATABASE].read(messages.fetch_message, message.id)
    return object_answer([("message", shown)])
