"""Reads listed messages into the events that their webhooks would have been (§§6.3, 8, 9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.text.times import read_time
from server.unipile.events.types import MessageEvent
from server.unipile.fields import jids
from server.unipile.fields.addresses import address, respelled, with_phone_keys
from server.unipile.fields.attachments import Attachment, attachments, quoted
from server.unipile.fields.contacts import (
    Contact,
    ContactRef,
    contact_of,
    known_contact,
    mentions,
    ref_of,
)
from server.unipile.fields.scalars import flag, small_integer
from server.unipile.fields.system_texts import system_text
from server.unipile.fields.texts import MAX_TEXT_LENGTH, clean, identifier, text
from server.unipile.fields.times import sent_times
from server.unipile.lists.attendees import Attendees, items_of


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as UniPile holds it: the event of its webhook, and what happened to it since.

    `tick` is the furthest of an own message. `is_amended`: it was edited, deleted or reacted to. `is_dated`: UniPile
    has a readable time of it; otherwise `sent_at` is the time of reading.
    """

    event: MessageEvent
    tick: str | None
    is_amended: bool
    is_dated: bool = True


@dataclass(frozen=True, slots=True)
class OwnMessage:
    """A message of the account itself, to be matched with a send; `status` is how far it has come."""

    provider_msg_id: str
    text: str
    status: str
    sent_at: datetime | None
    files: tuple[Attachment, ...]


def read_own_messages(answer: Mapping[str, object]) -> list[OwnMessage]:
    """The account's own messages of one page of a chat's list, oldest first."""
    own = ((item.get("id"), item) for item in reversed(items_of(answer)) if flag(item.get("is_sender")))
    return [
        OwnMessage(
            message_id,
            clean(str(item.get("text") or "")),
            _tick(item) or "sent",
            read_time(item.get("timestamp")),
            tuple(attachments(item.get("attachments"))),
        )
        for message_id, item in own
        if isinstance(message_id, str)
    ]


def chat_id_of(item: Mapping[str, object]) -> str:
    """The chat a message belongs to; raises UnusableEventError when it is missing."""
    return identifier(item, "chat_id")


def is_shown(item: Mapping[str, object]) -> bool:
    """Whether a message is meant to be shown and belongs to a conversation."""
    is_broadcast = jids.kind_of(address(item.get("chat_provider_id"))) == jids.BROADCAST
    return not flag(item.get("hidden")) and not is_broadcast


def read_stored(
    item: Mapping[str, object],
    external_account_id: str,
    attendees: Attendees,
    kind: str | None,
    read_at: str,
) -> StoredMessage | None:
    """One message; None when it is not shown. The address of its chat decides the kind, else the chat's own `kind`.

    Raises UnusableEventError when an id is missing or invalid.
    """
    if not is_shown(item):
        return None
    is_dated = read_time(item.get("timestamp")) is not None
    event = _event(item, external_account_id, attendees, kind, read_at)
    return StoredMessage(
        event, _tick(item) if event.direction == "out" else None, _is_amended(item), is_dated
    )


def _event(
    item: Mapping[str, object],
    external_account_id: str,
    attendees: Attendees,
    kind: str | None,
    read_at: str,
) -> MessageEvent:
    is_own = flag(item.get("is_sender"))
    chat_address = address(item.get("chat_provider_id"))
    kind = jids.kind_of(chat_address) or kind or "direct"
    sender = _sender(item, attendees)
    sent_at, claimed_at = sent_times(item.get("timestamp"), read_at)
    is_event, event_type = flag(item.get("is_event")), small_integer(item.get("event_type"))
    written = text(item.get("text"), MAX_TEXT_LENGTH)
    return MessageEvent(
        external_account_id=external_account_id,
        provider_chat_id=identifier(item, "chat_id"),
        provider_msg_id=identifier(item, "id"),
        chat_address=chat_address,
        chat_kind=kind,
        direction="out" if is_own else "in",
        body=system_text(event_type, sender, is_own=is_own) if is_event and not written else written,
        attachments=attachments(item.get("attachments")),
        quoted=quoted(item.get("quoted"), item.get("reply_to")),
        sender=ref_of(sender),
        contact=_contact(item, attendees, kind=kind, chat_address=chat_address, is_own=is_own),
        is_event=is_event,
        event_type=event_type,
        is_forwarded=flag(item.get("is_forwarded")),
        sent_at=sent_at,
        claimed_at=claimed_at,
        mentioned=mentions(item.get("mentions")),
        respelled=respelled(item.get("chat_provider_id"), item.get("sender_id")),
    )


def _sender(item: Mapping[str, object], attendees: Attendees) -> ContactRef | None:
    """The author as the attendees have them, else with nothing but their ids."""
    return _known_sender(item, attendees) or contact_of({"attendee_provider_id": item.get("sender_id")})


def _known_sender(item: Mapping[str, object], attendees: Attendees) -> Contact | None:
    known = attendees.get(str(item.get("sender_attendee_id")))
    if known is not None:
        return known
    return known_contact(
        {"attendee_provider_id": item.get("sender_id"), "attendee_id": item.get("sender_attendee_id")}
    )


def _contact(
    item: Mapping[str, object], attendees: Attendees, *, kind: str, chat_address: str | None, is_own: bool
) -> Contact | None:
    """The contact a message is about, as its webhook would have given it."""
    if is_own:
        return _other_side(attendees) if kind == "direct" else None
    sender = _known_sender(item, attendees)
    if sender is None or kind != "direct" or chat_address is None or not jids.is_contact(chat_address):
        return sender
    return {**sender, "ids": with_phone_keys([*sender["ids"], chat_address])}


def _other_side(attendees: Attendees) -> Contact | None:
    others = [who for who in attendees.values() if not who["is_self"]]
    return others[0] if len(others) == 1 else None


def _tick(item: Mapping[str, object]) -> str | None:
    if flag(item.get("seen")):
        return "read"
    return "delivered" if flag(item.get("delivered")) else None


def _is_amended(item: Mapping[str, object]) -> bool:
    return any(flag(item.get(name)) for name in ("edited", "deleted")) or bool(item.get("reactions"))
