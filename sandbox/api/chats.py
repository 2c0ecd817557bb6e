"""/chats: list, read, start, change and remove chats, and list their attendees."""

from collections.abc import Iterator
from typing import Any

from aiohttp import web

from sandbox.api.sends import check_form, send_form
from sandbox.output.serialize import attendee_json, chat_json, message_json
from sandbox.problems import Problem, not_found, reply
from sandbox.simulator import Simulator
from sandbox.store.entities import GROUP, SELF, Account, Chat, Contact, Json
from sandbox.store.ids import LID_DOMAIN, from_iso, phone_digits
from sandbox.store.paging import Page, Position, cut, listing, read_page
from sandbox.store.world import World, chat_position
from sandbox.web.forms import opt_bool, read_form, read_json, require_text
from sandbox.web.keys import simulator_of
from sandbox.whatsapp.accounts import linked_account, require_sendable
from sandbox.whatsapp.conversations import has_whatsapp, read_by_account, upsert_contact
from sandbox.whatsapp.groups import add_member, start_group
from sandbox.whatsapp.strangers import require_acquainted

MAX_ATTENDEES = 256


def find_chat(request: web.Request) -> Chat:
    """Return the chat in the path, by id or, with an account_id, by provider id."""
    world = simulator_of(request).world
    chat_id, account_id = request.match_info["chat_id"], request.query.get("account_id")
    chat = world.chats.get(chat_id)
    if chat is None and account_id:
        chat = world.chat_by_jid(account_id, chat_id)
    # UniPile does not know a chat yet that was started while the account was not OK.
    if chat is None or (chat.last_at is None and next(world.newest(chat.id), None) is not None):
        raise not_found("chat")
    return chat


def synced_chat(request: web.Request) -> tuple[World, Chat]:
    """Return the chat in the path as UniPile has synced it, with its world."""
    chat = find_chat(request)
    world = simulator_of(request).world.as_synced(chat.account_id)
    return world, world.chat(chat.id)


def matching_chats(world: World, page: Page) -> Iterator[Position]:
    """Iterate over the positions of the chats that match a list request, newest first."""
    account_ids = page.accounts
    owners = [item.id for item in world.accounts.values() if account_ids is None or item.id in account_ids]
    unread, before, after = page.flag("unread"), page.before, page.after
    for chat in sorted(
        (chat for id_ in owners for chat in world.as_synced(id_).chats_of(id_)),
        key=chat_position,
        reverse=True,
    ):
        moment = chat.last_at or 0
        if (
            chat.last_at is not None
            and (unread is None or unread == bool(chat.unread_count or chat.marked_unread))
            and (before is None or moment < before)
            and (after is None or moment > after)
        ):
            yield chat_position(chat)


async def list_chats(request: web.Request) -> web.Response:
    """List chats, newest first."""
    simulator = simulator_of(request)
    world = simulator.world
    page = read_page(request, "account_id", "account_type", "unread", "before", "after")
    if page.filters.get("account_type", "WHATSAPP") != "WHATSAPP":
        return reply(listing("Chat", []))
    shown, cursor = cut(page, matching_chats(world, page))
    return reply(listing("Chat", [synced_json(simulator, id_) for _, id_ in shown], cursor))


def synced_json(simulator: Simulator, chat_id: str) -> Json:
    """Return a chat as UniPile has synced it."""
    synced = simulator.world.as_synced(simulator.world.chats[chat_id].account_id)
    return chat_json(synced.chats[chat_id], synced, simulator.dice.faults)


async def show_chat(request: web.Request) -> web.Response:
    """Return a chat with its last message."""
    world, chat = synced_chat(request)
    last = next((message for message in world.newest(chat.id) if message.synced), None)
    body = chat_json(chat, world, simulator_of(request).dice.faults)
    return reply(body | {"lastMessage": None if last is None else message_json(last, world)})


def recipient(simulator: Simulator, account: Account, identifier: str) -> Contact:
    """Return the contact for an attendee id of a new chat, or raise the 422."""
    known = simulator.world.find_contact(identifier)
    if known is not None:
        return known
    digits = phone_digits(identifier)
    is_phone = not identifier.endswith(LID_DOMAIN)
    if not is_phone or not has_whatsapp(digits) or digits == account.phone_number:
        raise Problem("invalid_recipient", f"{identifier} has no WhatsApp.")
    return upsert_contact(simulator, digits)


async def start_chat(request: web.Request) -> web.Response:
    """Start a chat or use the existing one and send to it; several attendees make a group."""
    simulator = simulator_of(request)
    form = await read_form(request)
    account_id, attendees = form.text("account_id"), form.texts("attendees_ids")
    if not account_id or not attendees:
        raise Problem("missing_parameters", "account_id and attendees_ids are required.")
    if len(attendees) > MAX_ATTENDEES:
        raise Problem("invalid_parameters", f"A group may have at most {MAX_ATTENDEES} attendees.")
    account = linked_account(simulator, account_id)
    check_form(simulator, form)
    require_sendable(account)
    contacts = list(
        {item.id: item for item in (recipient(simulator, account, who) for who in attendees)}.values()
    )
    if len(contacts) == 1:
        require_acquainted(simulator, simulator.world.find_chat_with(account, contacts[0]))
        chat = simulator.world.chat_with(account, contacts[0])
    else:
        title = form.text("title") or ", ".join(contact.name for contact in contacts)
        chat = start_group(simulator, account, title, contacts, starter=SELF)
    message = await send_form(simulator, chat, form)
    message_id = None if simulator.dice.faults.null_message_id else message.id
    return reply({"object": "ChatStarted", "chat_id": chat.id, "message_id": message_id}, 201)


def _muted_until(value: Any) -> int | str | None:
    if isinstance(value, bool):
        return -1 if value else None
    if value is None:
        return None
    if value == -1:
        return -1
    if isinstance(value, str) and from_iso(value) is not None:
        return value
    raise Problem("invalid_parameters", "value must be true, false, -1 or a timestamp.")


def _add_participant(simulator: Simulator, chat: Chat, value: Any) -> None:
    if chat.kind != GROUP:
        raise Problem("invalid_parameters", "Participants can only be added to a group.")
    if not isinstance(value, str) or not has_whatsapp(phone_digits(value)):
        raise Problem("invalid_recipient", "value must be the phone JID of a WhatsApp user.")
    contact = upsert_contact(simulator, phone_digits(value))
    add_member(simulator, chat, contact.id)


async def change_chat(request: web.Request) -> web.Response:
    """Mark a chat as read, mute, archive or pin it, or add a participant."""
    simulator = simulator_of(request)
    chat = find_chat(request)
    body = await read_json(request)
    action = require_text(body, "action")
    match action:
        case "setReadStatus":
            read_by_account(simulator, chat, opt_bool(body, "value"))
        case "setMuteStatus":
            chat.muted_until = _muted_until(body.get("value"))
        case "setArchiveStatus":
            chat.archived = int(opt_bool(body, "value"))
        case "setPinnedStatus":
            chat.pinned = int(opt_bool(body, "value"))
        case "addParticipant":
            _add_participant(simulator, chat, body.get("value"))
        case _:
            raise Problem("invalid_parameters", f"There is no action {action}.")
    simulator.world.save(chat)
    return reply({"object": "ChatPatched"})


async def remove_chat(request: web.Request) -> web.Response:
    """Remove a chat from the account; it stays on the contact's phone."""
    simulator = simulator_of(request)
    chat = find_chat(request)
    simulator.world.remove_chat(chat)
    simulator.live.publish("chat_gone", {"id": chat.id})
    return reply({"object": "ChatDeleted"})


async def list_chat_attendees(request: web.Request) -> web.Response:
    """List the attendees of a chat, the account itself last."""
    world, chat = synced_chat(request)
    account = world.account(chat.account_id)
    return reply(
        listing("ChatAttendee", [attendee_json(account, world, who) for who in [*chat.members, SELF]])
    )


async def sync_chat(request: web.Request) -> web.Response:
    """Sync a chat's history; the sandbox already has it all."""
    chat = find_chat(request)
    return reply({"object": "ChatHistorySync", "chat_id": chat.id, "status": "SYNC_DONE"})


ROUTES = [
    web.get("/chats", list_chats),
    web.post("/chats", start_chat),
    web.get("/chats/{chat_id}", show_chat),
    web.patch("/chats/{chat_id}", change_chat),
    web.delete("/chats/{chat_id}", remove_chat),
    web.get("/chats/{chat_id}/attendees", list_chat_attendees),
    web.get("/chats/{chat_id}/sync", sync_chat),
]
