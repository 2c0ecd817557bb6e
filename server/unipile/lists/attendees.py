"""Reads the attendees of a chat (§6.2)."""

from collections.abc import Mapping
from typing import cast

from server.unipile.fields.contacts import Contact, known_contact
from server.unipile.fields.scalars import flag


class Attendee(Contact):
    """A contact in a chat's list; `is_self` marks the account itself."""

    is_self: bool


# By UniPile's attendee id.
Attendees = Mapping[str, Attendee]


def items_of(answer: Mapping[str, object]) -> list[Mapping[str, object]]:
    """The objects of a list answer."""
    items = answer.get("items")
    return (
        [cast(dict[str, object], i) for i in items if isinstance(i, dict)] if isinstance(items, list) else []
    )


def read_attendees(answer: Mapping[str, object]) -> Attendees:
    """The attendees of a chat by UniPile's attendee id."""
    found = ((item.get("id"), read_attendee(item)) for item in items_of(answer))
    return {key: who for key, who in found if isinstance(key, str) and who is not None}


def read_attendee(item: Mapping[str, object]) -> Attendee | None:
    """One attendee, with the same ids as webhooks give."""
    who = known_contact(
        {
            "attendee_id": item.get("id"),
            "attendee_provider_id": item.get("provider_id"),
            "attendee_name": item.get("name"),
            "attendee_specifics": item.get("specifics"),
            "attendee_public_identifier": item.get("public_identifier"),
        }
    )
    if who is None or not isinstance(item.get("id"), str):
        return None
    return {**who, "is_self": flag(item.get("is_self"))}
