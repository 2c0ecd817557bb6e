"""Amendments: edit or delete an own message, react to any message."""

from aiohttp import web

from server.accounts.provider_errors import status_error, translated_errors
from server.errors import ConfabError, NotFound
from server.messages.amending import AmendmentReader, IsChanged
from server.messages.discarding import discard_failed
from server.realtime.broker import publish_or_log
from server.said.said import said
from server.schemas.sends import EditMessage, React
from server.store.messages import messages
from server.store.messages.messages import OpenMessage
from server.unipile.message_state import MessageState
from server.web.app_keys import DATABASE, REDIS, UNIPILE
from server.web.requests import caller, load_body, object_answer, path_id, provider_of

EDIT_MESSAGE, REACT = EditMessage(), React()
NOT_EDITED = "WhatsApp did not edit the message: messages can be edited for 15 minutes."
NOT_DELETED = "WhatsApp did not delete the message: the time limit for deleting it has passed."
# WhatsApp shows some emoji (hearts, suns) with this variation selector, and reports them without it.
EMOJI_STYLE = "\ufe0f"


async def edit_message(request: web.Request) -> web.Response:
    """Edit the text of an own message; 409 if WhatsApp's time limit for edits has passed."""
    given = await load_body(request, EDIT_MESSAGE)
    message = await _fetch_open_message(request, must_be_own=True)
    with translated_errors():
        await request.app[UNIPILE].edit_message(message.provider_msg_id, given["text"])
    return await _confirmed_answer(request, message, lambda state: state.body == given["text"], NOT_EDITED)


async def delete_message(request: web.Request) -> web.Response:
    """Delete an own message for everyone; 409 if WhatsApp's time limit for deletions has passed. A failed message was
    never at WhatsApp: it is deleted here.
    """
    message = await _fetch_message(request)
    if message.direction == "out" and message.status == "failed":
        return await _discard(request, message)
    _require_amendable(message, must_be_own=True)
    with translated_errors():
        await request.app[UNIPILE].delete_message(message.provider_msg_id)
    return await _confirmed_answer(request, message, lambda state: state.is_deleted, NOT_DELETED)


async def _discard(request: web.Request, message: OpenMessage) -> web.Response:
    app = request.app
    discarded = await app[DATABASE].write(discard_failed, message)
    await publish_or_log(app[REDIS], message.account_id, discarded.pushes, "deletion_not_published")
    return object_answer([("message", discarded.message_json)])


async def set_reaction(request: web.Request) -> web.Response:
    """React to a message as the account, replacing its earlier reaction."""
    given = await load_body(request, REACT)
    return await _react(request, given["value"])


async def remove_reaction(request: web.Request) -> web.Response:
    """Remove the account's reaction."""
    return await _react(request, "")


async def _react(request: web.Request, value: str) -> web.Response:
    message = await _fetch_open_message(request, must_be_own=False)
    with translated_errors():
        await request.app[UNIPILE].react(message.provider_msg_id, value)
    plain = value.replace(EMOJI_STYLE, "")

    def is_shown(state: MessageState) -> bool:
        own = [r["value"].replace(EMOJI_STYLE, "") for r in state.reactions if r["is_own"]]
        return own == ([plain] if plain else [])

    return await _confirmed_answer(request, message, is_shown, None)


async def _fetch_open_message(request: web.Request, *, must_be_own: bool) -> OpenMessage:
    """The message in the path; raises if the caller cannot amend it now."""
    message = await _fetch_message(request)
    _require_amendable(message, must_be_own=must_be_own)
    return message


async def _fetch_message(request: web.Request) -> OpenMessage:
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
    return message


def _require_amendable(message: OpenMessage, *, must_be_own: bool) -> None:
    if denial := status_error(message.account_status):
        raise denial
    if must_be_own and message.direction != "out":
        raise ConfabError("forbidden", said("message_not_ours"))
    if message.is_event or message.is_deleted or not message.provider_msg_id:
        raise ConfabError("conflict", said("message_not_sent"))


async def _confirmed_answer(
    request: web.Request, message: OpenMessage, is_changed: IsChanged, unchanged: str | None
) -> web.Response:
    app = request.app
    await AmendmentReader(app[DATABASE], app[REDIS], app[UNIPILE]).confirm(message, is_changed, unchanged)
    shown = await app[DATABASE].read(messages.fetch_message, message.id)
    return object_answer([("message", shown)])
