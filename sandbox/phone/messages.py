"""Controls for messages: write, react, edit and delete as a contact."""

import base64
import binascii
from typing import Any

from aiohttp import web

from sandbox.api.messages import attachment_response
from sandbox.output.views import message_view
from sandbox.phone.chats import make_group, read_contact
from sandbox.problems import Problem, not_found, reply
from sandbox.simulator import Simulator
from sandbox.store.entities import SELF, Chat, Json, Message
from sandbox.store.ids import from_iso, phone_digits
from sandbox.web.forms import opt_bool, opt_objects, opt_text, opt_texts, read_json, require_text
from sandbox.web.keys import simulator_of
from sandbox.whatsapp.accounts import linked_account
from sandbox.whatsapp.conversations import (
    MAX_DIGITS,
    MIN_DIGITS,
    Draft,
    delete,
    edit,
    find_quoted,
    react,
    write,
)
from sandbox.whatsapp.media import describe, describe_location, write_card

SYSTEM_EVENTS = range(15)


async def store_attachment(simulator: Simulator, item: Json) -> Json:
    """Store and describe `{data, name?, mimetype?, voice_note?, sticker?, gif?, expired?}`."""
    try:
        body = base64.b64decode(require_text(item, "data", most=40_000_000), validate=True)
    except (binascii.Error, ValueError):
        raise Problem("invalid_parameters", "data must be base64.") from None
    flags = {name: opt_bool(item, name) for name in ("voice_note", "sticker", "gif")}
    name = opt_text(item, "name", most=255) or ""
    attachment = describe(body, opt_text(item, "mimetype", most=255), name, **flags)
    attachment["unavailable"] = opt_bool(item, "expired")
    await simulator.archive.store_blob(attachment["id"], body)
    return attachment


async def _store_card(simulator: Simulator, item: Json) -> Json:
    """Store and describe a contact card `{name, phone_numbers}`, sent as a vCard file."""
    name, phone_numbers = require_text(item, "name", most=200), opt_texts(item, "phone_numbers")
    digits = [phone_digits(value) for value in phone_numbers]
    if not digits or not all(MIN_DIGITS <= len(value) <= MAX_DIGITS for value in digits):
        raise Problem(
            "invalid_parameters", "phone_numbers must be a list of phone numbers with 7 to 15 digits."
        )
    body = write_card(" ".join(name.split()), digits)
    attachment = describe(body, "text/vcard", f"{name}.vcf")
    await simulator.archive.store_blob(attachment["id"], body)
    return attachment


def _read_degrees(location: Json, name: str, most: int) -> float:
    value = location.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        raise Problem("invalid_parameters", f"{name} must be a number from -{most} to {most}.")
    return value


def _read_location(body: Json) -> list[Json]:
    """Parse `{latitude, longitude, name?, address?}`."""
    location = body.get("location")
    if location is None:
        return []
    if not isinstance(location, dict):
        raise Problem("invalid_parameters", "location must be an object with latitude and longitude.")
    name, address = opt_text(location, "name", most=200), opt_text(location, "address", most=500)
    latitude, longitude = _read_degrees(location, "latitude", 90), _read_degrees(location, "longitude", 180)
    return [describe_location(latitude, longitude, name, address)]


async def _read_attachments(simulator: Simulator, body: Json) -> list[Json]:
    """Return the attachments of a message: files, contact cards and a location."""
    files = [await store_attachment(simulator, item) for item in opt_objects(body, "attachments")]
    cards = [await _store_card(simulator, item) for item in opt_objects(body, "contacts")]
    return files + cards + _read_location(body)


def _read_timestamp(body: Json) -> int | None:
    value = opt_text(body, "timestamp")
    moment = None if value is None else from_iso(value)
    if value is not None and moment is None:
        raise Problem("invalid_parameters", "timestamp must have the format YYYY-MM-DDTHH:MM:SS.sssZ.")
    return moment


def _read_event_type(body: Json) -> int | None:
    value: Any = body.get("event_type")
    if value is not None and (
        isinstance(value, bool) or not isinstance(value, int) or value not in SYSTEM_EVENTS
    ):
        raise Problem("invalid_parameters", "event_type must be an integer from 0 to 14.")
    return value


def _read_overrides(body: Json) -> Json:
    value = body.get("webhook_overrides") or {}
    if not isinstance(value, dict):
        raise Problem("invalid_parameters", "webhook_overrides must be an object.")
    return value


def _read_sender(simulator: Simulator, body: Json) -> str | None:
    sender = body.get("from")
    if sender is None:
        return None
    if not isinstance(sender, dict):
        raise Problem(
            "invalid_parameters", "from must be an object with a phone_number and an optional name."
        )
    return read_contact(simulator, sender)


def _find_chat(simulator: Simulator, body: Json, sender: str | None) -> Chat:
    account = linked_account(simulator, require_text(body, "account_id"))
    chat_id, group = opt_text(body, "chat_id"), body.get("group")
    if chat_id is not None:
        chat = simulator.world.chats.get(chat_id) or simulator.world.chat_by_jid(account.id, chat_id)
        if chat is None or chat.account_id != account.id:
            raise not_found("chat")
        return chat
    if sender is None:
        raise Problem("missing_parameters", "from or chat_id is required.")
    if group is None:
        return simulator.world.chat_with(account, simulator.world.contact(sender))
    if not isinstance(group, dict):
        raise Problem("invalid_parameters", "group must be an object with a name.")
    return _find_group(simulator, account.id, group, sender)


def _find_group(simulator: Simulator, account_id: str, group: Json, sender: str) -> Chat:
    name = require_text(group, "name", most=100)
    known = next((c for c in simulator.world.chats_of(account_id) if c.kind and c.name == name), None)
    founder: list[Json] = [{"phone_number": sender}]
    return known or make_group(simulator, account_id, name, founder + opt_objects(group, "members"))


def _choose_sender(body: Json, chat: Chat, sender: str | None) -> str:
    if opt_bool(body, "is_sender"):
        return SELF
    return sender or chat.members[0]


async def write_message(request: web.Request) -> web.Response:
    """Write a message as a contact or, with is_sender, from the account's own phone."""
    simulator = simulator_of(request)
    body = await read_json(request)
    text, event_type, overrides = opt_text(body, "text"), _read_event_type(body), _read_overrides(body)
    timestamp, unsupported = _read_timestamp(body), opt_bool(body, "unsupported")
    has_more = any(body.get(name) for name in ("attachments", "contacts", "location"))
    if not (text or has_more or unsupported) and event_type is None:
        raise Problem("missing_parameters", "A message needs a text, an attachment or an event_type.")
    contact_id = _read_sender(simulator, body)
    chat = _find_chat(simulator, body, contact_id)
    sender = _choose_sender(body, chat, contact_id)
    quoted_id = find_quoted(simulator, chat, opt_text(body, "quote"))
    attachments = await _read_attachments(simulator, body)
    simulator.world.chat(chat.id)  # Raises if the chat was removed while the files were stored.
    if sender not in {SELF, *chat.members}:
        chat.members.append(sender)
        simulator.world.save(chat)
    forwarded, silent = opt_bool(body, "forwarded"), opt_bool(body, "silent")
    draft = Draft(text, attachments, quoted_id, forwarded, timestamp, event_type, overrides, silent)
    message = write(simulator, chat, sender, draft)
    ids = {"chat_id": chat.id, "message_id": message.id, "provider_chat_id": chat.provider_id}
    return reply(ids | {"provider_message_id": message.provider_id}, 201)


def _acting_member(simulator: Simulator, body: Json, message: Message) -> str:
    members = simulator.world.chat(message.chat_id).members
    who = opt_text(body, "contact_id") or members[0]
    if who != SELF and who not in members:
        raise Problem("invalid_parameters", "This contact is not in the chat.")
    return who


async def react_to_message(request: web.Request) -> web.Response:
    """Set a contact's reaction; an empty value removes it."""
    simulator = simulator_of(request)
    message = simulator.world.message(request.match_info["message_id"])
    body = await read_json(request)
    who = _acting_member(simulator, body, message)
    react(simulator, message, who, opt_text(body, "value", most=32) or "")
    return reply(message_view(message, simulator.world))


async def edit_message(request: web.Request) -> web.Response:
    """Edit a text as its author."""
    simulator = simulator_of(request)
    message = simulator.world.message(request.match_info["message_id"])
    edit(simulator, message, require_text(await read_json(request), "text"))
    return reply(message_view(message, simulator.world))


async def delete_message(request: web.Request) -> web.Response:
    """Delete a message for everyone as its author."""
    simulator = simulator_of(request)
    message = simulator.world.message(request.match_info["message_id"])
    delete(simulator, message)
    return reply(message_view(message, simulator.world))


async def expire_attachment(request: web.Request) -> web.Response:
    """Expire a message's attachments: UniPile can no longer download them."""
    simulator = simulator_of(request)
    message = simulator.world.message(request.match_info["message_id"])
    for attachment in message.attachments:
        attachment["unavailable"] = True
    simulator.save_message(message)
    return reply(message_view(message, simulator.world))


async def show_media(request: web.Request) -> web.Response:
    """Return the bytes of an attachment as stored on the phones, even if expired."""
    simulator = simulator_of(request)
    wanted = request.match_info["attachment_id"]
    owners = (item for message in simulator.world.messages.values() for item in message.attachments)
    attachment = next((item for item in owners if item["id"] == wanted), None)
    if attachment is None:
        raise not_found("attachment")
    response = await attachment_response(simulator, wanted, attachment["mimetype"])
    if attachment["type"] == "file":
        response.headers["Content-Disposition"] = "attachment"
    return response


ROUTES = [
    web.post("/sandbox/messages", write_message),
    web.patch("/sandbox/messages/{message_id}", edit_message),
    web.delete("/sandbox/messages/{message_id}", delete_message),
    web.put("/sandbox/messages/{message_id}/reaction", react_to_message),
    web.post("/sandbox/messages/{message_id}/expire", expire_attachment),
    web.get("/sandbox/media/{attachment_id}", show_media),
]
