"""Serializes accounts, chats, attendees, messages and webhooks exactly as UniPile v1 does."""

from sandbox.faults import Faults
from sandbox.problems import dump
from sandbox.store.entities import DIRECT, GROUP, SELF, Account, Chat, Json, Message, Webhook
from sandbox.store.ids import PHONE_DOMAIN, to_iso
from sandbox.store.world import World

INBOX = ["INBOX"]


def account_json(account: Account) -> Json:
    """Return an account as JSON."""
    return {
        "object": "Account",
        "id": account.id,
        "type": account.kind,
        "name": account.name,
        "created_at": to_iso(account.created_at),
        "connection_params": {"im": {"phone_number": account.phone_number}},
        "groups": [],
        "sources": [{"id": f"{account.id}_MESSAGING", "status": account.status}],
    }


def provider_id_of(account: Account, world: World, who: str) -> str:
    """Return the WhatsApp id of a contact or of the account itself."""
    return account.lid if who == SELF else world.contact(who).provider_id


def specifics_of(account: Account, world: World, who: str) -> Json:
    """Return the WhatsApp-specific fields of an attendee."""
    if who == SELF:
        return {"provider": "WHATSAPP", "phone_number": f"+{account.phone_number}", "lid": account.lid}
    contact = world.contact(who)
    specifics: Json = {"provider": "WHATSAPP", "phone_number": contact.shown_phone, "lid": contact.lid}
    return specifics if contact.username is None else {**specifics, "username": contact.username}


def name_of(account: Account, world: World, who: str) -> str:
    """Return the display name of a contact, or of the account itself."""
    return account.name if who == SELF else world.contact(who).name


def attendee_json(account: Account, world: World, who: str) -> Json:
    """Return a contact as an attendee of an account's chats."""
    return {
        "object": "ChatAttendee",
        "id": world.attendee_id(account.id, who),
        "account_id": account.id,
        "provider_id": provider_id_of(account, world, who),
        "name": name_of(account, world, who),
        "is_self": int(who == SELF),
        "hidden": 0,
        "specifics": specifics_of(account, world, who),
    }


def unread_json(chat: Chat, faults: Faults) -> Json:
    """Return a chat's unread fields, in the variant that the faults select."""
    if faults.never_unread or not (chat.unread_count or chat.marked_unread):
        return {"unread_count": 0, "unread": 0}
    if chat.unread_count or not (faults.unread_as_flag or faults.unread_as_minus_one):
        return {"unread_count": chat.unread_count or 1, "unread": 1}
    return {"unread_count": -1 if faults.unread_as_minus_one else 0, "unread": 1}


def chat_json(chat: Chat, world: World, faults: Faults) -> Json:
    """Return a chat without its last message."""
    body: Json = {
        "object": "Chat",
        "id": chat.id,
        "account_id": chat.account_id,
        "account_type": "WHATSAPP",
        "provider_id": chat.provider_id,
        "name": chat.name,
        "type": chat.kind,
        "timestamp": None if chat.last_at is None else to_iso(chat.last_at),
        **unread_json(chat, faults),
        "archived": chat.archived,
        "pinned": chat.pinned,
        "muted_until": chat.muted_until,
        "read_only": chat.read_only,
        "folder": INBOX,
    }
    if chat.kind == DIRECT:
        contact = world.contact(chat.members[0])
        body["attendee_provider_id"] = contact.provider_id
        body["attendee_public_identifier"] = contact.public_identifier
    return body


def reaction_json(reaction: Json, account: Account, world: World) -> Json:
    """Return one sender's reaction."""
    who = reaction["by"]
    return {
        "value": reaction["value"],
        "sender_id": provider_id_of(account, world, who),
        "is_sender": who == SELF,
    }


def quoted_json(message: Message, account: Account, world: World) -> Json | None:
    """Return the quoted message in UniPile's `quoted` format."""
    quoted = world.messages.get(message.quoted_id or "")
    if quoted is None:
        return None
    return {
        "message_id": quoted.id,
        "provider_id": quoted.provider_id,
        "sender_id": provider_id_of(account, world, quoted.sender),
        "text": quoted.text,
        "attachments": attachments_json(quoted),
    }


def reply_to_json(message: Message, account: Account, world: World) -> Json | None:
    """Return the quoted message in UniPile's newer `reply_to` format."""
    quoted = world.messages.get(message.quoted_id or "")
    if quoted is None:
        return None
    return {
        "id": quoted.id,
        "provider_id": quoted.provider_id,
        "timestamp": to_iso(quoted.timestamp),
        "sender_attendee_id": world.attendee_id(account.id, quoted.sender),
        "sender_id": provider_id_of(account, world, quoted.sender),
        "text": quoted.text,
    }


def attachments_json(message: Message) -> list[Json]:
    """Return a message's attachments; a deleted message has none."""
    return [] if message.deleted else message.attachments


def message_json(message: Message, world: World) -> Json:
    """Return a message as JSON."""
    account, chat = world.account(message.account_id), world.chat(message.chat_id)
    body: Json = {
        "object": "Message",
        "id": message.id,
        "account_id": account.id,
        "chat_id": chat.id,
        "chat_provider_id": chat.provider_id,
        "provider_id": message.provider_id,
        "sender_id": provider_id_of(account, world, message.sender),
        "sender_attendee_id": world.attendee_id(account.id, message.sender),
        "text": message.text,
        "attachments": attachments_json(message),
        "timestamp": to_iso(message.timestamp),
        "is_sender": int(message.is_sender),
        "reactions": [reaction_json(item, account, world) for item in message.reactions],
        "seen": message.seen,
        "seen_by": {provider_id_of(account, world, who): moment for who, moment in message.seen_by.items()},
        "hidden": 0,
        "deleted": message.deleted,
        "edited": message.edited,
        "is_event": message.is_event,
        "delivered": message.delivered,
        "behavior": None,
        "original": dump({"key": {"id": message.provider_id, "remoteJid": chat.provider_id}}),
    }
    optional: Json = {
        "event_type": message.event_type,
        "quoted": quoted_json(message, account, world),
        "reply_to": reply_to_json(message, account, world),
        "is_forwarded": message.forwarded or None,
    }
    return body | {key: value for key, value in optional.items() if value is not None}


def webhook_json(webhook: Webhook, world: World) -> Json:
    """Return a webhook with its secret headers, as UniPile's list does."""
    return {
        "object": "Webhook",
        "id": webhook.id,
        "name": webhook.name,
        "enabled": webhook.enabled,
        "request_url": webhook.request_url,
        "format": webhook.format,
        "type": "AUTO",
        "source": webhook.source,
        "headers": webhook.headers,
        "data": webhook.data,
        "events": webhook.events,
        "account_ids": [
            {"id": id_, "name": world.accounts[id_].name, "type": "WHATSAPP"}
            for id_ in webhook.account_ids
            if id_ in world.accounts
        ],
    }


def event_attendee_json(account: Account, world: World, who: str) -> Json:
    """Return an attendee in the format of webhooks."""
    jid = f"{account.phone_number}{PHONE_DOMAIN}" if who == SELF else world.contact(who).public_identifier
    return {
        "attendee_id": world.attendee_id(account.id, who),
        "attendee_provider_id": provider_id_of(account, world, who),
        "attendee_name": name_of(account, world, who),
        "attendee_profile_url": None,
        "attendee_public_identifier": jid,
        "attendee_specifics": specifics_of(account, world, who),
    }


def message_event_json(event: str, message: Message, world: World) -> Json:
    """Return the messaging webhook's body for an event, without the webhook's name."""
    account, chat = world.account(message.account_id), world.chat(message.chat_id)
    return {
        "event": event,
        "account_id": account.id,
        "account_type": "WHATSAPP",
        "account_info": {"type": "WHATSAPP", "phone_number": account.phone_number},
        "webhook_name": None,
        "chat_id": chat.id,
        "provider_chat_id": chat.provider_id,
        "message_id": message.id,
        "provider_message_id": message.provider_id,
        "timestamp": to_iso(message.timestamp),
        "message": message.text,
        "subject": None,
        "sender": event_attendee_json(account, world, message.sender),
        "attendees": [event_attendee_json(account, world, member) for member in chat.members],
        "attachments": attachments_json(message),
        "is_sender": message.is_sender,
        "is_group": chat.kind == GROUP,
        "is_event": message.is_event,
        "event_type": message.event_type,
        "chat_pinned": chat.pinned,
        "quoted": quoted_json(message, account, world),
        "reply_to": reply_to_json(message, account, world),
        "is_forwarded": message.forwarded or None,
        "chat_content_type": None,
        "message_type": None,
        "folder": INBOX,
    }
