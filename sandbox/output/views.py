"""Serializes the world for the phone page, from the customers' perspective."""

from sandbox.output.serialize import attachments_json
from sandbox.settings import SandboxSettings
from sandbox.store.entities import DIRECT, SELF, Account, Chat, Contact, Json, Message
from sandbox.store.ids import to_iso
from sandbox.store.world import World


def account_view(account: Account, settings: SandboxSettings) -> Json:
    """Return an account, with its code while it is pairing."""
    waiting = account.is_pairing and settings.clock() * 1000 < pairing_end(account, settings)
    return {
        "id": account.id,
        "name": account.name,
        "phone_number": account.phone_number,
        "status": account.status,
        "linked": account.linked,
        "qrcode": account.qrcode if waiting else None,
        "pairing_number": account.pairing_number if waiting else None,
        "qr_expires_at": to_iso(qr_end(account, settings)) if waiting else None,
        "created_at": to_iso(account.created_at),
    }


def qr_end(account: Account, settings: SandboxSettings) -> int:
    """Return when the code expires."""
    seconds = settings.qr_seconds if account.pairing_code is None else settings.pairing_seconds
    return account.qr_issued_at + round(seconds * 1000)


def pairing_end(account: Account, settings: SandboxSettings) -> int:
    """Return when the pairing expires."""
    return account.qr_issued_at + round(settings.attempt_seconds * 1000)


def contact_view(contact: Contact) -> Json:
    """Return a contact as JSON."""
    return {
        "id": contact.id,
        "name": contact.name,
        "phone_number": f"+{contact.id}",
        "lid": contact.lid,
        "identity": contact.identity,
        "offline": contact.offline,
        "picture": contact.picture,
    }


def chat_view(chat: Chat, world: World) -> Json:
    """Return a chat with the fields of its list entry."""
    last = next(world.newest(chat.id), None)
    return {
        "id": chat.id,
        "account_id": chat.account_id,
        "provider_chat_id": chat.provider_id,
        "kind": "direct" if chat.kind == DIRECT else "group",
        "name": chat.name,
        "members": chat.members,
        "last_at": None if chat.last_at is None else to_iso(chat.last_at),
        "last_message": None if last is None else message_view(last, world),
        "unread": count_unseen(chat, world),
    }


def count_unseen(chat: Chat, world: World) -> int:
    """Count the latest messages of the account that no contact has seen, up to the first seen one."""
    unseen = 0
    for message in world.newest(chat.id):
        if not message.is_sender or message.is_event:
            continue
        if message.seen_by:
            break
        unseen += 1
    return unseen


def message_view(message: Message, world: World) -> Json:
    """Return a message; `ticks` are those that its author sees."""
    return {
        "id": message.id,
        "chat_id": message.chat_id,
        "sender": message.sender,
        "sender_name": sender_name(message.sender, message, world),
        "text": None if message.deleted else message.text,
        "attachments": [
            attachment | {"href": f"/sandbox/media/{attachment['id']}"}
            for attachment in attachments_json(message)
        ],
        "timestamp": to_iso(message.timestamp),
        "quoted": quoted_view(message, world),
        "reactions": [
            {"value": item["value"], "by": item["by"], "name": sender_name(item["by"], message, world)}
            for item in message.reactions
        ],
        "forwarded": message.forwarded,
        "edited": bool(message.edited),
        "deleted": bool(message.deleted),
        "is_event": bool(message.is_event),
        "event_type": message.event_type,
        "ticks": ticks(message),
        "delivered_to": message.delivered_to,
        "seen_by": list(message.seen_by),
    }


def sender_name(who: str, message: Message, world: World) -> str:
    """Return the name of a contact or of the account."""
    return world.account(message.account_id).name if who == SELF else world.contact(who).name


def quoted_view(message: Message, world: World) -> Json | None:
    """Return the quoted message."""
    quoted = world.messages.get(message.quoted_id or "")
    if quoted is None:
        return None
    return {
        "id": quoted.id,
        "sender_name": sender_name(quoted.sender, quoted, world),
        "text": None if quoted.deleted else quoted.text,
    }


def ticks(message: Message) -> str:
    """Return the delivery state of a message: sent, delivered or read."""
    if message.seen:
        return "read"
    return "delivered" if message.delivered and message.synced else "sent"
