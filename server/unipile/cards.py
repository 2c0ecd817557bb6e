"""Reads locations and contact cards, however they arrive: v1 documents neither (unipile-api.md §8.3)."""

import re
from collections.abc import Mapping
from typing import Any

from server.texts import cut, is_blank, one_line
from server.unipile.plain import clean

LOCATION_TYPES = frozenset({"location", "live_location"})
CONTACT_TYPES = frozenset({"contact", "contacts", "contact_card", "vcard"})
VCARD_TYPES = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
# What is larger is no card that anybody reads in a bubble.
MAX_CARD_BYTES = 64 * 1024
MAX_CONTACTS, MAX_NUMBERS, MAX_WORDS = 20, 10, 200
LATITUDES = ("latitude", "lat", "degreesLatitude")
LONGITUDES = ("longitude", "lng", "lon", "degreesLongitude")
# A line of a card: its name with group and parameters, and its value.
LINE = re.compile(r"(?:[\w-]+\.)?([A-Za-z-]+)((?:;[^:]*)?):(.*)")
FOLDED = re.compile(r"\r?\n[ \t]")
WHATSAPP_ID = re.compile(r"waid=(\d{5,20})", re.IGNORECASE)
ESCAPED = re.compile(r"\\([\\,;nN])")
NUMBER = re.compile(r"\+?[\d\s().-]{5,30}")


def location(attachment: Mapping[str, Any]) -> dict[str, Any] | None:
    """{latitude, longitude, name, address}, or None when there is no place on this earth in it."""
    nested = attachment.get("location")
    value = nested if isinstance(nested, dict) else attachment
    latitude, longitude = _degrees(value, LATITUDES, 90), _degrees(value, LONGITUDES, 180)
    if latitude is None or longitude is None:
        return None
    name, address = _words(value.get("name")), _words(value.get("address"))
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
    numbers = _numbers(given if isinstance(given, list) else [given])
    name = _words(item.get("name") or item.get("display_name"))
    return [{"name": name, "numbers": numbers}] if name or numbers else []


def read_cards(card: str) -> list[dict[str, Any]]:
    """The people of a vCard file (RFC 6350 and the older ones that phones write); empty when it is none."""
    people: list[dict[str, Any]] = []
    for part in re.split(r"(?im)^begin:vcard\s*$", FOLDED.sub("", card[:MAX_CARD_BYTES]))[
        1 : MAX_CONTACTS + 1
    ]:
        person = _person(part)
        if person["name"] or person["numbers"]:
            people.append(person)
    return people


def _person(card: str) -> dict[str, Any]:
    name, structured, numbers = None, None, []
    for line in card.splitlines():
        found = LINE.fullmatch(line.strip())
        if found is None:
            continue
        field, parameters, value = found[1].upper(), found[2], ESCAPED.sub(_unescaped, found[3])
        if field == "FN":
            name = name or _words(value)
        elif field == "N":
            structured = structured or _words(" ".join(p for p in reversed(value.split(";")[:2]) if p))
        elif field == "TEL":
            spoken = WHATSAPP_ID.search(parameters)
            numbers.append(f"+{spoken[1]}" if spoken else value.removeprefix("tel:"))
    return {"name": name or structured, "numbers": _numbers(numbers)}


def _unescaped(match: re.Match[str]) -> str:
    return " " if match[1] in "nN" else match[1]


def _numbers(values: list[Any]) -> list[str]:
    """Numbers as +digits where they say their country, as digits where not; each once."""
    kept: dict[str, None] = {}
    for value in values:
        text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if NUMBER.fullmatch(text.strip()):
            digits = re.sub(r"\D", "", text)
            kept["+" + digits if text.strip().startswith("+") else digits] = None
    return [number for number in kept if 5 <= len(number.lstrip("+")) <= 20][:MAX_NUMBERS]


def _words(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    words = cut(one_line(clean(value)), MAX_WORDS)
    return None if is_blank(words) else words
