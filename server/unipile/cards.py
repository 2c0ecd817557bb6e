"""Reads locations and contact cards, however they arrive: v1 documents neither (unipile-api.md §8.3)."""

from collections.abc import Mapping
from typing import Any

from server.unipile.vcards import MAX_CONTACTS, numbers, read_cards, words

LOCATION_TYPES = frozenset({"location", "live_location"})
CONTACT_TYPES = frozenset({"contact", "contacts", "contact_card", "vcard"})
VCARD_TYPES = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
LATITUDES = ("latitude", "lat", "degreesLatitude")
LONGITUDES = ("longitude", "lng", "lon", "degreesLongitude")


def location(attachment: Mapping[str, Any]) -> dict[str, Any] | None:
    """{latitude, longitude, name, address}, or None when there is no place on this earth in it."""
    nested = attachment.get("location")
    value = nested if isinstance(nested, dict) else attachment
    latitude, longitude = _degrees(value, LATITUDES, 90), _degrees(value, LONGITUDES, 180)
    if latitude is None or longitude is None:
        return None
    name, address = words(value.get("name")), words(value.get("address"))
    return {"latitude": latitude, "longitude": longitude, "name": name, "address": address}


def _degrees(value: Mapping[str, Any], names: tuple[str, ...], limit: float) -> float | None:
    given = next((value[name] for name in names if name in value), None)
    try:
        # Some servers write numbers as texts (§4.2).
        number = None if isinstance(given, bool) or given is None else float(given)
    except (TypeError, ValueError):
        return None
    return round(number, 6) if number is not None and -limit <= number <= limit else None


def contacts(attachment: Mapping[str, Any]) -> list[dict[str, Any]]:
    """[{name, numbers}] of an attachment that brings them itself, as cards or in fields of their own."""
    card = attachment.get("vcard")
    if isinstance(card, str):
        return read_cards(card)
    listed = attachment.get("contacts")
    items = listed if isinstance(listed, list) else [attachment]
    people = [_contact(item) for item in items[:MAX_CONTACTS] if isinstance(item, dict)]
    return [person for found in people for person in found]


def _contact(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    if isinstance(item.get("vcard"), str):
        return read_cards(item["vcard"])
    given = item.get("phone_numbers") or item.get("numbers") or item.get("phone_number") or item.get("phone")
    told = numbers(given if isinstance(given, list) else [given])
    name = words(item.get("name") or item.get("display_name"))
    return [{"name": name, "numbers": told}] if name or told else []
