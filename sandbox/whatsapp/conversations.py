"""Messages, receipts, reactions, edits and deletions in chats, and the webhooks they cause."""

from dataclasses import dataclass, field

from sandbox.output.serialize import event_attendee_json
from sandbox.output.views import contact_view
from sandbox.problems import Problem
from sandbox.simulator import Simulator
from sandbox.store.entities import SELF, Chat, Contact, Json, Message
from sandbox.store.ids import derived_lid, new_id, new_stanza_id, to_iso
from sandbox.whatsapp.accounts import now_ms, receive

# Phone numbers with this prefix have no WhatsApp, to test unreachable recipients.
NO_WHATSAPP_PREFIX = "999"
MIN_DIGITS, MAX_DIGITS = 7, 15


@dataclass(frozen=True, slots=True)
class Draft:
    """The content of a message that is about to be written."""

    text: str | None = None
    attachments: list[Json] = field(default_factory=list)
    quoted_id: str | None = None
    forwarded: bool = False
    timestamp: int | None = None
    event_type: int | None = None
    overrides: Json = field(default_factory=dict)
    silent: bool = False  # sends no webhook
    past: bool = False  # history: already delivered and read


def has_whatsapp(digits: str) -> bool:
    """Whether a phone number can have WhatsApp."""
    return MIN_DIGITS <= len(digits) <= MAX_DIGITS and not digits.startswith(NO_WHATSAPP_PREFIX)


def upsert_contact(
    simulator: Simulator, digits: str, name: str | None = None, identity: str | None = None
) -> Contact:
    """Return the contact with this phone number, created or updated with the given name and identity."""
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
    """Write a message into a chat as any sender, and announce it unless it is silent."""
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
    """Send as the connected account through the API; its echo and receipts follow on timers."""
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
    """Send the echo webhook of an own message, shortly after the send's response."""
    if message.id in simulator.world.messages:
        simulator.announce("message_received", message)


def plan_delivery(simulator: Simulator, message: Message) -> None:
    """Schedule the delivery of an own message to the phones in its chat."""
    for member in simulator.world.chat(message.chat_id).members:
        simulator.call_later(simulator.settings.delivered_seconds, deliver, simulator, message, member)


def deliver(simulator: Simulator, message: Message, contact_id: str) -> None:
    """Deliver a message to one phone if it is online; the last delivery is announced."""
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
    """Deliver the pending messages of a phone that is online again."""
    for chat in [chat for chat in simulator.world.chats.values() if contact.id in chat.members]:
        for message in list(simulator.world.newest(chat.id)):
            if message.is_sender and contact.id not in message.delivered_to:
                deliver(simulator, message, contact.id)


def read_by_contact(simulator: Simulator, chat: Chat, contact_id: str) -> int:
    """Open a chat as a contact; return the number of messages this marked as read."""
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
    """Mark a message as seen by one contact; it is read once all members have seen it."""
    message.seen_by[contact_id] = to_iso(now_ms(simulator))
    if simulator.dice.faults.no_read:
        simulator.save_message(message)
        return
    world = simulator.world
    message.seen = int(set(world.chat(message.chat_id).members) <= set(message.seen_by))
    reader = event_attendee_json(world.account(message.account_id), world, contact_id)
    simulator.save_message(message, "message_read", read_by=reader)


def read_by_account(simulator: Simulator, chat: Chat, is_read: bool) -> None:
    """Mark a chat as read or unread as the account; the contacts get the read receipts."""
    if is_read:
        _mark_all_seen(simulator, chat)
        chat.unread_count = chat.marked_unread = 0
    elif not chat.unread_count:
        chat.marked_unread = 1
    simulator.world.save(chat)


def _mark_all_seen(simulator: Simulator, chat: Chat) -> None:
    """Mark incoming messages as seen by the account, oldest first; webhooks name it as the reader."""
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
    """Set one sender's reaction, or remove it with an empty value."""
    message.reactions = [item for item in message.reactions if item["by"] != who]
    if value:
        message.reactions.append({"by": who, "value": value})
    reactor = event_attendee_json(simulator.world.account(message.account_id), simulator.world, who)
    simulator.save_message(message, "message_reaction", reaction=value, reaction_sender=reactor)


def edit(simulator: Simulator, message: Message, text: str) -> bool:
    """Edit a text; after WhatsApp's edit window this does nothing and sends no webhook."""
    if message.deleted or _is_older(simulator, message, simulator.settings.edit_window_seconds):
        return False
    message.text, message.edited = text, 1
    simulator.save_message(message, "message_edited")
    return True


def delete(simulator: Simulator, message: Message) -> bool:
    """Delete a message for everyone; after WhatsApp's delete window this does nothing."""
    if message.deleted or _is_older(simulator, message, simulator.settings.delete_window_seconds):
        return False
    message.deleted, message.text = 1, None
    message.reactions = []
    simulator.save_message(message, "message_deleted")
    return True


def _is_older(simulator: Simulator, message: Message, seconds: float) -> bool:
    return now_ms(simulator) - message.timestamp > seconds * 1000


def find_quoted(simulator: Simulator, chat: Chat, message_id: str | None) -> str | None:
    """Return the id of the quoted message, given by id or provider id, after checking that it is in this chat."""
    if not message_id:
        return None
    message = simulator.world.messages.get(message_id)
    if message is None:
        message = next((m for m in simulator.world.newest(chat.id) if m.provider_id == message_id), None)
    if message is None:
        raise Problem("resource_not_found", "The quoted message does not exist.")
    if message.chat_id != chat.id:
        raise Problem("invalid_message", "The quoted message is in another chat.")
    return message.id
