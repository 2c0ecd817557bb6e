"""/messages and /chats/{id}/messages: list, read, send, edit, delete, react, forward and download."""

import heapq
from collections.abc import Iterator

from aiohttp import web

from sandbox.api.chats import find_chat, synced_chat
from sandbox.api.sends import check_form, check_guard, send_form
from sandbox.output.serialize import attachments_json, message_json, provider_id_of
from sandbox.problems import Problem, not_found, reply
from sandbox.simulator import Simulator
from sandbox.store.entities import SELF, Json, Message
from sandbox.store.paging import Page, Position, cut, listing, read_page
from sandbox.store.world import World
from sandbox.web.forms import opt_text, read_form, read_json, require_text
from sandbox.web.keys import simulator_of
from sandbox.whatsapp.accounts import require_sendable
from sandbox.whatsapp.conversations import Draft, delete, edit, react, send
from sandbox.whatsapp.strangers import require_acquainted

MAX_REACTION = 32


def find_message(request: web.Request) -> Message:
    """Return the message in the path, if UniPile has synced it."""
    message = simulator_of(request).world.message(request.match_info["message_id"])
    if not message.synced:
        raise not_found("message")
    return message


def synced_message(request: web.Request) -> tuple[World, Message]:
    """Return the message in the path as UniPile has synced it, with its world."""
    message = find_message(request)
    world = simulator_of(request).world.as_synced(message.account_id)
    return world, world.message(message.id)


def matching_messages(world: World, owner_ids: list[str], page: Page) -> Iterator[Position]:
    """Iterate over the positions of the messages that match a list request, newest first."""
    sender = page.filters.get("sender_id")
    walks = [world.as_synced(owner_id).newest(owner_id, page) for owner_id in owner_ids]
    for message in heapq.merge(*walks, key=lambda item: (item.timestamp, item.id), reverse=True):
        if message.synced and (sender is None or sender in _sender_ids(world, message)):
            yield message.timestamp, message.id


def _sender_ids(world: World, message: Message) -> set[str]:
    account, world = world.account(message.account_id), world.as_synced(message.account_id)
    return {provider_id_of(account, world, message.sender), world.attendee_id(account.id, message.sender)}


def page_of_messages(world: World, owner_ids: list[str], page: Page) -> web.Response:
    """Return one page of the messages of these chats or accounts."""
    shown, cursor = cut(page, matching_messages(world, owner_ids, page))
    return reply(listing("Message", [synced_json(world, id_) for _, id_ in shown], cursor))


def synced_json(world: World, message_id: str) -> Json:
    """Return a message as UniPile has synced it."""
    message = world.messages[message_id]
    synced = world.as_synced(message.account_id)
    return message_json(synced.messages[message_id], synced)


async def list_messages(request: web.Request) -> web.Response:
    """List the messages of all accounts or of the given ones, newest first."""
    world = simulator_of(request).world
    page = read_page(request, "account_id", "sender_id", "before", "after")
    account_ids = page.accounts
    return page_of_messages(world, list(world.accounts) if account_ids is None else account_ids, page)


async def list_chat_messages(request: web.Request) -> web.Response:
    """List the messages of a chat, newest first."""
    page = read_page(request, "sender_id", "before", "after")
    world, chat = synced_chat(request)
    return page_of_messages(world, [chat.id], page)


async def send_message(request: web.Request) -> web.Response:
    """Send a message to a chat."""
    simulator = simulator_of(request)
    chat = find_chat(request)
    form = await read_form(request)
    check_guard(request, form, chat)
    check_form(simulator, form)
    require_acquainted(simulator, chat)
    message = await send_form(simulator, chat, form)
    message_id = None if simulator.dice.faults.null_message_id else message.id
    return reply({"object": "MessageSent", "message_id": message_id}, 201)


async def show_message(request: web.Request) -> web.Response:
    """Return a message."""
    world, message = synced_message(request)
    return reply(message_json(message, world))


async def edit_message(request: web.Request) -> web.Response:
    """Edit an own message; after the edit window this succeeds without any effect."""
    simulator = simulator_of(request)
    message = _own_message(request)
    text = require_text(await read_json(request), "text")
    require_sendable(simulator.world.account(message.account_id))
    edit(simulator, message, text)
    return reply({"object": "MessageEdited", "message_id": message.id})


async def delete_message(request: web.Request) -> web.Response:
    """Delete an own message for everyone."""
    simulator = simulator_of(request)
    message = _own_message(request)
    require_sendable(simulator.world.account(message.account_id))
    delete(simulator, message)
    return reply({"object": "MessageDeleted", "message_id": message.id})


def _own_message(request: web.Request) -> Message:
    message = find_message(request)
    if not message.is_sender:
        raise Problem("insufficient_permissions", "The message was sent by another user.")
    return message


async def react_to_message(request: web.Request) -> web.Response:
    """Set the account's reaction; an empty one removes it."""
    simulator = simulator_of(request)
    message = find_message(request)
    body = await read_json(request)
    if "reaction" not in body:
        raise Problem("missing_parameters", "reaction is required.")
    reaction = opt_text(body, "reaction", most=MAX_REACTION) or ""
    require_sendable(simulator.world.account(message.account_id))
    react(simulator, message, SELF, reaction)
    return reply({"object": "MessageReactionAdded", "message_id": message.id}, 201)


async def forward_message(request: web.Request) -> web.Response:
    """Forward a message to another chat of the same account."""
    simulator = simulator_of(request)
    message = find_message(request)
    chat = simulator.world.chat(require_text(await read_json(request), "chat_id"))
    if chat.account_id != message.account_id:
        raise Problem("account_mismatch", "The chat belongs to another account.")
    require_sendable(simulator.world.account(chat.account_id))
    copy = send(simulator, chat, [Draft(message.text, attachments_json(message), forwarded=True)])[0]
    return reply({"object": "MessageForwarded", "message_id": copy.id}, 201)


async def download_attachment(request: web.Request) -> web.Response:
    """Return the bytes of an attachment, unless they have expired at the provider."""
    simulator = simulator_of(request)
    _, message = synced_message(request)
    wanted = request.match_info["attachment_id"]
    attachment = next((item for item in attachments_json(message) if item["id"] == wanted), None)
    if attachment is None:
        raise not_found("attachment")
    if attachment["unavailable"] or simulator.dice.faults.media_expired:
        raise Problem("resource_not_found", "The attachment is no longer available at the provider.")
    return await attachment_response(simulator, wanted, attachment["mimetype"])


async def attachment_response(simulator: Simulator, attachment_id: str, mimetype: str) -> web.Response:
    """Return the stored bytes of an attachment."""
    body = await simulator.archive.fetch_blob(attachment_id)
    if body is None:
        raise not_found("attachment")
    # An invalid media type from a client must not break the response.
    safe_type = mimetype if mimetype.isascii() and mimetype.isprintable() else "application/octet-stream"
    return web.Response(body=body, headers={"Content-Type": safe_type, "X-Content-Type-Options": "nosniff"})


ROUTES = [
    web.get("/chats/{chat_id}/messages", list_chat_messages),
    web.post("/chats/{chat_id}/messages", send_message),
    web.get("/messages", list_messages),
    web.get("/messages/{message_id}", show_message),
    web.patch("/messages/{message_id}", edit_message),
    web.delete("/messages/{message_id}", delete_message),
    web.post("/messages/{message_id}/reactions", react_to_message),
    web.post("/messages/{message_id}/forward", forward_message),
    web.get("/messages/{message_id}/attachments/{attachment_id}", download_attachment),
]
