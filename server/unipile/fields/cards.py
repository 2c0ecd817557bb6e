"""Reads locations and contact cards in every shape they arrive in: v1 documents neither (unipile-api.md §8.3)."""

from collections.abc import Mapping
from typing import TypedDict

from server.unipile.fields.vcards import MAX_CONTACTS, CardContact, card_text, phone_numbers, read_cards

LOCATION_TYPES = frozenset({"location", "live_location"})
CONTACT_TYPES = frozenset({"contact", "contacts", "contact_card", "vcard"})
VCARD_TYPES = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
LATITUDES = ("latitude", "lat", "degreesLatitude")
LONGITUDES = ("longitude", "lng", "lon", "degreesLongitude")


class Location(TypedDict):
    """A position in degrees."""

    latitude: float
    longitude: float
    name: str | None
    address: str | None


def location(attachment: Mapping[str, object]) -> Location | None:
    """The location of an attachment; None when its coordinates are missing or out of range."""
    nested = attachment.get("location")
    value = nested if isinstance(nested, dict) else attachment
    latitude, longitude = _degrees(value, LATITUDES, 90), _degrees(value, LONGITUDES, 180)
    if latitude is None or longitude is None:
        return None
    name, address = card_text(value.get("name")), card_text(value.get("address"))
    return {"latitude": latitude, "longitude": longitude, "name": name, "address": address}


def _degrees(value: Mapping[str, object], names: tuple[str, ...], limit: float) -> float | None:
    given = next((value[name] for name in names if name in value), None)
    # Some servers send numbers as strings (§4.2).
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return None
    try:
        degrees = float(given)
    except (ValueError, OverflowError):
        return None
    return round(degrees, 6) if -limit <= degrees <= limit else None


def contacts(attachment: Mapping[str, object]) -> list[CardContact]:
    """The contacts of an attachment that holds them itself, as vCards or in fields of its own."""
    card = attachment.get("vcard")
    if isinstance(card, str):
        return read_cards(card)
    listed = attachment.get("contacts")
    items = listed if isinstance(listed, list) else [attachment]
    found = (_contacts_of(item) for item in items[:MAX_CONTACTS] if isinstance(item, dict))
    return [contact for contacts_ in found for contact in contacts_]


def _contacts_of(item: Mapping[str, object]) -> list[CardContact]:
    card = item.get("vcard")
    if isinstance(card, str):
        return read_cards(card)
    given = item.get("phone_numbers") or item.get("numbers") or item.get("phone_number") or item.get("phone")
    numbers = phone_numbers(given if isinstance(given, list) else [given])
    name = card_text(item.get("name") or item.get("display_name"))
    return [{"name": name, "numbers": numbers}] if name or numbers else []
