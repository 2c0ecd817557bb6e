"""Reads who read a message: `read_by` of a webhook is a person, a list, ids, or a map of ids (unipile-api.md §4.4)."""

from collections.abc import Iterable, Mapping
from typing import Any

from server.text.phones import is_same_phone, phone_of_name
from server.unipile.fields import address, contact_of, known_contact
from server.unipile.scalars import flag, provided_flag

Who = Mapping[str, Any]


def is_account(body: Mapping[str, Any], who: Who) -> bool:
    """Whether a person is the connected account itself: by its id, else by its phone number (§4.3)."""
    info = body.get("account_info")
    info = info if isinstance(info, dict) else {}
    is_its_id = address(info.get("user_id")) == who["provider_id"]
    return is_its_id or is_same_phone(phone_of_name(info.get("phone_number")), who["phone"])


def is_read_by_account(body: Mapping[str, Any]) -> bool:
    """Whether the account itself read an inbound message; without `read_by` it can only be the account."""
    if body.get("read_by") is None:
        return True
    return any(is_account(body, who) for who in _people(body["read_by"]))


def tick_of(body: Mapping[str, Any]) -> str | None:
    """How far a `message_read` moves the tick; None where only the account itself read, on one of its devices.

    As on the phone, a group's message is read when everybody has read it, and has reached them before that.
    """
    readers = list(_people(body.get("read_by")))
    sender = contact_of(body.get("sender")) if flag(body.get("is_sender")) else None
    own = sender and sender["provider_id"]

    def is_other(who: Who) -> bool:
        return who["provider_id"] != own and not is_account(body, who)

    if not readers:
        return "read"
    others = [reader for reader in readers if is_other(reader)]
    if not others:
        return None
    if not flag(body.get("is_group")):
        return "read"
    have_read = {name for reader in others for name in reader["ids"]}
    members = [who for who in _people(body.get("attendees")) if is_other(who)]
    is_read = bool(members) and all(have_read.intersection(who["ids"]) for who in members)
    return "read" if is_read else "delivered"


def _people(value: object) -> Iterable[dict[str, Any]]:
    items: Iterable[Any] = value if isinstance(value, list) else [value]
    if isinstance(value, dict) and "attendee_provider_id" not in value:
        # By number, as older servers write lists, or by id with the time or a flag.
        items = [
            v if isinstance(v, dict) else k for k, v in value.items() if provided_flag(v) is not False and v
        ]
    for item in items:
        told = {"attendee_provider_id": item} if isinstance(item, str) else item
        if (who := known_contact(told)) is not None:
            yield who
