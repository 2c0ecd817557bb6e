"""Reads receipts: `message_delivered` and `message_read`, whose `read_by` is a contact, a list, ids or a map (§4.4)."""

from collections.abc import Iterable, Mapping

from server.unipile.events.types import IgnoredEvent, ReadEvent, ReceiptEvent
from server.unipile.fields.contacts import Contact, ContactRef, contact_of, is_account, known_contact
from server.unipile.fields.scalars import flag, provided_flag
from server.unipile.fields.texts import identifier

# Webhook event -> how far it moves the tick.
RECEIPTS: Mapping[str, str] = {"message_delivered": "delivered", "message_read": "read"}


def read_receipt(body: Mapping[str, object], kind: str) -> ReceiptEvent | ReadEvent | IgnoredEvent:
    account, status = identifier(body, "account_id"), RECEIPTS[kind]
    if provided_flag(body.get("is_sender")) is False:
        # An inbound message has no tick. WhatsApp reports only the account's own reading of it; a server that names
        # another reader is wrong.
        if status == "read" and _is_read_by_account(body):
            return ReadEvent(account, identifier(body, "message_id"))
        return IgnoredEvent(account, f"{kind}:inbound")
    reached = _tick_of(body) if status == "read" else status
    if reached is None:
        return IgnoredEvent(account, f"{kind}:own")
    return ReceiptEvent(account, identifier(body, "message_id"), reached)


def _is_read_by_account(body: Mapping[str, object]) -> bool:
    """Whether the account itself read an inbound message; without `read_by` it can only be the account."""
    if body.get("read_by") is None:
        return True
    return any(is_account(body, who) for who in _contacts(body["read_by"]))


def _tick_of(body: Mapping[str, object]) -> str | None:
    """How far a `message_read` moves the tick; None when only the account itself read it, on another device.

    As on the phone, a group's message is `read` when all other members have read it, and `delivered` before that.
    """
    readers = list(_contacts(body.get("read_by")))
    sender = contact_of(body.get("sender")) if flag(body.get("is_sender")) else None
    own = sender and sender["provider_id"]

    def is_other(who: ContactRef) -> bool:
        return who["provider_id"] != own and not is_account(body, who)

    if not readers:
        return "read"
    others = [reader for reader in readers if is_other(reader)]
    if not others:
        return None
    if not flag(body.get("is_group")):
        return "read"
    have_read = {name for reader in others for name in reader["ids"]}
    members = [who for who in _contacts(body.get("attendees")) if is_other(who)]
    is_read = bool(members) and all(have_read.intersection(who["ids"]) for who in members)
    return "read" if is_read else "delivered"


def _contacts(value: object) -> Iterable[Contact]:
    items: list[object] = value if isinstance(value, list) else [value]
    if isinstance(value, dict) and "attendee_provider_id" not in value:
        # Keyed by index, as older servers write lists, or by id with a time or a flag as the value.
        items = [
            v if isinstance(v, dict) else k for k, v in value.items() if provided_flag(v) is not False and v
        ]
    for item in items:
        attendee = {"attendee_provider_id": item} if isinstance(item, str) else item
        if (who := known_contact(attendee)) is not None:
            yield who
