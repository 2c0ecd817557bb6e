"""Controls for contacts and chats: create contacts, take phones offline, read chats, create groups."""

from aiohttp import web

from sandbox.output.views import chat_view, contact_view, message_view
from sandbox.problems import Problem, reply
from sandbox.simulator import Simulator
from sandbox.store.entities import GROUP, IDENTITIES, Chat, Json
from sandbox.store.ids import phone_digits
from sandbox.web.forms import opt_bool, opt_objects, opt_text, opt_texts, read_json, require_text
from sandbox.web.keys import simulator_of
from sandbox.whatsapp.accounts import linked_account
from sandbox.whatsapp.conversations import deliver_pending, has_whatsapp, read_by_contact, upsert_contact
from sandbox.whatsapp.groups import add_member, remove_member, rename_group, start_group

SHOWN_MESSAGES = 200


def read_contact(simulator: Simulator, body: Json) -> str:
    """Upsert the contact described by `{phone_number, name?, identity?}` and return its id."""
    digits = phone_digits(require_text(body, "phone_number", most=40))
    if not has_whatsapp(digits):
        raise Problem("invalid_parameters", "phone_number must have 7 to 15 digits, with the country code.")
    return upsert_contact(simulator, digits, opt_text(body, "name", most=200) or None, read_identity(body)).id


def read_identity(body: Json) -> str | None:
    """Parse how WhatsApp identifies a contact."""
    identity = opt_text(body, "identity")
    if identity is not None and identity not in IDENTITIES:
        raise Problem("invalid_parameters", f"identity must be one of {', '.join(IDENTITIES)}.")
    return identity


def read_picture(body: Json, known: int) -> int:
    """Parse a contact's picture: an integer, each a different picture; 0 and false for none."""
    value = body.get("picture", known)
    if not isinstance(value, int) or not 0 <= value < 2**31:
        raise Problem("invalid_parameters", "picture must be an integer, true or false.")
    return int(value)


async def make_contact(request: web.Request) -> web.Response:
    """Create a contact."""
    simulator = simulator_of(request)
    contact_id = read_contact(simulator, await read_json(request))
    return reply(contact_view(simulator.world.contact(contact_id)), 201)


async def change_contact(request: web.Request) -> web.Response:
    """Change a contact's name, picture or identity, or take their phone offline or online."""
    simulator = simulator_of(request)
    contact = simulator.world.contact(request.match_info["contact_id"])
    body = await read_json(request)
    contact.name = opt_text(body, "name", most=200) or contact.name
    contact.identity = read_identity(body) or contact.identity
    comes_back = contact.offline
    contact.offline = opt_bool(body, "offline", contact.offline)
    contact.picture = read_picture(body, contact.picture)
    simulator.world.save(contact)
    simulator.live.publish("contact", contact_view(contact))
    if comes_back and not contact.offline:
        deliver_pending(simulator, contact)
    return reply(contact_view(contact))


async def create_group(request: web.Request) -> web.Response:
    """Create a group with the account in it; the first member is its creator."""
    simulator = simulator_of(request)
    body = await read_json(request)
    account = linked_account(simulator, require_text(body, "account_id"))
    chat = make_group(
        simulator, account.id, require_text(body, "name", most=100), opt_objects(body, "members")
    )
    chat.read_only = int(opt_bool(body, "read_only"))
    simulator.world.save(chat)
    return reply(chat_view(chat, simulator.world), 201)


def make_group(simulator: Simulator, account_id: str, name: str, members: list[Json]) -> Chat:
    """Create a group with these members."""
    contact_ids = list(dict.fromkeys(read_contact(simulator, member) for member in members))
    if not contact_ids:
        raise Problem("missing_parameters", "A group needs at least one member.")
    contacts = [simulator.world.contact(contact_id) for contact_id in contact_ids]
    return start_group(
        simulator, linked_account(simulator, account_id), name, contacts, starter=contact_ids[0]
    )


async def change_group(request: web.Request) -> web.Response:
    """Rename a group, or add and remove members, each with its system event."""
    simulator = simulator_of(request)
    chat = simulator.world.chat(request.match_info["chat_id"])
    if chat.kind != GROUP:
        raise Problem("invalid_parameters", "This chat is not a group.")
    body = await read_json(request)
    name, added = opt_text(body, "name", most=100), opt_objects(body, "add")
    newcomers = [read_contact(simulator, contact) for contact in added]
    if name:
        rename_group(simulator, chat, name)
    for contact_id in newcomers:
        add_member(simulator, chat, contact_id)
    for identifier in opt_texts(body, "remove"):
        remove_member(simulator, chat, phone_digits(identifier))
    return reply(chat_view(chat, simulator.world))


async def open_chat(request: web.Request) -> web.Response:
    """Open a chat as a contact: the account's messages become read."""
    simulator = simulator_of(request)
    chat = simulator.world.chat(request.match_info["chat_id"])
    reader = opt_text(await read_json(request), "contact_id")
    if reader is not None and reader not in chat.members:
        raise Problem("invalid_parameters", "This contact is not in the chat.")
    readers = chat.members if reader is None else [reader]
    return reply({"read": sum(read_by_contact(simulator, chat, member) for member in readers)})


async def list_messages(request: web.Request) -> web.Response:
    """List the latest messages of a chat as its contacts see them, oldest first."""
    world = simulator_of(request).world
    chat = world.chat(request.match_info["chat_id"])
    shown = []
    for message in world.newest(chat.id):
        shown.append(message_view(message, world))
        if len(shown) == SHOWN_MESSAGES:
            break
    return reply({"items": shown[::-1]})


ROUTES = [
    web.post("/sandbox/contacts", make_contact),
    web.patch("/sandbox/contacts/{contact_id}", change_contact),
    web.post("/sandbox/groups", create_group),
    web.patch("/sandbox/groups/{chat_id}", change_group),
    web.post("/sandbox/chats/{chat_id}/read", open_chat),
    web.get("/sandbox/chats/{chat_id}/messages", list_messages),
]
