"""What happens in chats, from either side, and what UniPile tells about it."""

from dataclasses import dataclass, field

from sandbox.accounts import now_ms, receive
from sandbox.entities import SELF, Chat, Contact, Json, Message
from sandbox.ids import derived_lid, new_id, new_stanza_id, to_iso
from sandbox.problems import Problem
from sandbox.serialize import event_attendee_json
from sandbox.simulator import Simulator
from sandbox.views import contact_view

# Numbers that nobody has: the way to try a recipient without WhatsApp.
NO_WHATSAPP_PREFIX = "999"
MIN_DIGITS, MAX_DIGITS = 7, 15


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be written, before it is a message."""

    text: str | None = None
    attachments: list[Json] = field(default_factory=list)
    quoted_id: str | None = None
    forwarded: bool = False
    timestamp: int | None = None
    event_type: int | None = None
    overrides: Json = field(default_factory=dict)
    silent: bool = False  # no webhook tells it
    past: bool = False  # delivered and read long ago


def has_whatsapp(digits: str) -> bool:
    """Tell whether a phone number could be somebody's on WhatsApp."""
    return MIN_DIGITS <= len(digits) <= MAX_DIGITS and not digits.startswith(NO_WHATSAPP_PREFIX)


def upsert_contact(
    simulator: Simulator, digits: str, name: str | None = None, identity: str | None = None
) -> Contact:
    """Return the contact with this number, made or renamed as told."""
    if not MIN_DIGITS <= len(digits) <= MAX_DIGITS:
        raise Problem("invalid_parameters", "A phone number has 7 to 15 digits, with the country code.")
    contact = simulator.world.contacts.get(digits)
    if contact is None:
        contact = Contact(
            digits, name or f"+{digits}", derived_lid(digits), created_at=simulator.world.moment()
        )
        contact.identity = _default_identity(simulator)
    elif name in {None, contact.name} and identity in {None, contact.identity}:
        return contact
    contact.name = name or contact.name
    contact.identity = identity or contact.identity
    simulator.world.save(contact)
    simulator.live.publish("contact", contact_view(contact))
    return contact


def _default_identity(simulator: Simulator) -> str:
    faults = simulator.dice.faults
    if faults.hidden_phone:
        return "hidden"
    return "lid_only" if faults.lid_only else "lid"


def write(simulator: Simulator, chat: Chat, sender: str, draft: Draft) -> Message:
    """Put a message by anybody into a chat; what is not silent is announced."""
    account = simulator.world.account(chat.account_id)
    moment = simulator.world.moment() if draft.timestamp is None else draft.timestamp
    readers = chat.members if draft.past and sender == SELF else []
    message = Message(
        new_id(),
        account.id,
        chat.id,
        new_stanza_id(),
        sender,
        draft.text,
        moment,
        attachments=draft.attachments,
        quoted_id=draft.quoted_id,
        forwarded=draft.forwarded,
        is_event=int(draft.event_type is not None),
        event_type=draft.event_type,
        seen=int(draft.past),
        delivered=int(sender != SELF or draft.past),
        delivered_to=list(readers),
        seen_by={reader: to_iso(moment) for reader in readers},
        synced=account.is_ok or draft.past,
        overrides=draft.overrides,
    )
    simulator.world.save(message)
    if message.synced:
        receive(simulator, chat.id, message.id)
    simulator.save_message(message, None if draft.silent else "message_received")
    if message.is_sender and not message.is_event and not draft.past:
        plan_delivery(simulator, message)
    return message


def send(simulator: Simulator, chat: Chat, drafts: list[Draft]) -> list[Message]:
    """Write as the connected account through the API: the echo and the ticks follow by themselves."""
    faults = simulator.dice.faults
    messages = []
    for draft in drafts:
        message = write(
            simulator,
            chat,
            SELF,
            Draft(draft.text, draft.attachments, draft.quoted_id, draft.forwarded, silent=True),
        )
        messages.append(message)
        if faults.echo_before_response:
            simulator.announce("message_received", message)
        elif not faults.no_echo:
            simulator.call_later(simulator.settings.echo_seconds, announce_echo, simulator, message)
    chat.unread_count = chat.marked_unread = 0
    simulator.world.save(chat)
    return messages


def announce_echo(simulator: Simulator, message: Message) -> None:
    """Tell the webhooks about an own message, a moment after the send was answered."""
    if message.id in simulator.world.messages:
        simulator.announce("message_received", message)


def plan_delivery(simulator: Simulator, message: Message) -> None:
    """Let an own message reach the phones of its chat soon."""
    for member in simulator.world.chat(message.chat_id).members:
        simulator.call_later(simulator.settings.delivered_seconds, deliver, simulator, message, member)


def deliver(simulator: Simulator, message: Message, contact_id: str) -> None:
    """Let a message reach one phone, if that phone is on; UniPile hears when it has reached all."""
    world = simulator.world
    if (
        message.id not in world.messages
        or world.contact(contact_id).offline
        or contact_id in message.delivered_to
    ):
        return
    message.delivered_to.append(contact_id)
    reached_all = set(world.chat(message.chat_id).members) <= set(message.delivered_to)
    if not reached_all or message.delivered or simulator.dice.faults.no_delivered:
        simulator.save_message(message)
        return
    message.delivered = 1
    simulator.save_message(message, "message_delivered")


def deliver_pending(simulator: Simulator, contact: Contact) -> None:
    """Let everything that waited for a phone reach it, now that it is on again."""
    for chat in [chat for chat in simulator.world.chats.values() if contact.id in chat.members]:
        for message in list(simulator.world.newest(chat.id)):
            if message.is_sender and contact.id not in message.delivered_to:
                deliver(simulator, message, contact.id)


def read_by_contact(simulator: Simulator, chat: Chat, contact_id: str) -> int:
    """Let a contact look at a chat; returns how many messages became read by it."""
    world = simulator.world
    if world.contact(contact_id).offline:
        return 0
    unseen = []
    for message in world.newest(chat.id):
        if message.is_sender and contact_id in message.seen_by:
            break
        if message.is_sender and not message.is_event:
            unseen.append(message)
    for message in reversed(unseen):
        deliver(simulator, message, contact_id)
        mark_seen(simulator, message, contact_id)
    return len(unseen)


def mark_seen(simulator: Simulator, message: Message, contact_id: str) -> None:
    """Let one contact read one message; it counts as read when everybody has."""
    message.seen_by[contact_id] = to_iso(now_ms(simulator))
    if simulator.dice.faults.no_read:
        simulator.save_message(message)
        return
    world = simulator.world
    message.seen = int(set(world.chat(message.chat_id).members) <= set(message.seen_by))
    reader = event_attendee_json(world.account(message.account_id), world, contact_id)
    simulator.save_message(message, "message_read", read_by=reader)


def read_by_account(simulator: Simulator, chat: Chat, is_read: bool) -> None:
    """Mark a chat as read or unread from the account's side; the contacts then see it was read."""
    if is_read:
        _mark_all_seen(simulator, chat)
        chat.unread_count = chat.marked_unread = 0
    elif not chat.unread_count:
        chat.marked_unread = 1
    simulator.world.save(chat)


def _mark_all_seen(simulator: Simulator, chat: Chat) -> None:
    """Let the account read what came in, oldest first; the webhooks tell that it was the one who read."""
    unseen = []
    for message in simulator.world.newest(chat.id):
        if message.seen and not message.is_sender:
            break
        if not message.is_sender and message.synced and not message.is_event:
            unseen.append(message)
    is_reported = not simulator.dice.faults.no_read
    for message in reversed(unseen):
        message.seen = 1
        reader = event_attendee_json(simulator.world.account(chat.account_id), simulator.world, SELF)
        simulator.save_message(message, "message_read" if is_reported else None, read_by=reader)


def react(simulator: Simulator, message: Message, who: str, value: str) -> None:
    """Set or, with an empty value, remove one person's reaction."""
    message.reactions = [item for item in message.reactions if item["by"] != who]
    if value:
        message.reactions.append({"by": who, "value": value})
    reactor = event_attendee_json(simulator.world.account(message.account_id), simulator.world, who)
    simulator.save_message(message, "message_reaction", reaction=value, reaction_sender=reactor)


def edit(simulator: Simulator, message: Message, text: str) -> bool:
    """Change a text, unless WhatsApp's time for that is over; then nothing happens, and nobody is told."""
    if message.deleted or _is_older(simulator, message, simulator.settings.edit_window_seconds):
        return False
    message.text, message.edited = text, 1
    simulator.save_message(message, "message_edited")
    return True


def delete(simulator: Simulator, message: Message) -> bool:
    """Delete for everyone, unless WhatsApp's time for that is over; then nothing happens."""
    if message.deleted or _is_older(simulator, message, simulator.settings.delete_window_seconds):
        return False
    message.deleted, message.text = 1, None
    message.reactions = []
    simulator.save_message(message, "message_deleted")
    return True


def _is_older(simulator: Simulator, message: Message, seconds: float) -> bool:
    return now_ms(simulator) - message.timestamp > seconds * 1000


def find_quoted(simulator: Simulator, chat: Chat, message_id: str | None) -> str | None:
    """Check that a quoted message stands in this chat; provider ids are understood too."""
    if not message_id:
        return None
    message = simulator.world.messages.get(message_id)
    if message is None:
        message = next((m for m in simulator.world.newest(chat.id) if m.provider_id == message_id), None)
    if message is None:
        raise Problem("resource_not_found", "No message with the id to be quoted.")
    if message.chat_id != chat.id:
        raise Problem("invalid_message", "The quoted message stands in another chat.")
    return message.id
