"""Reads vCards (2.1, 3.0, 4.0) as phones write them, in any character set, in linear time."""

import binascii
import codecs
import quopri
import re
import textwrap
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypedDict

from server.text.graphemes import cut, is_blank, one_line
from server.text.phones import PhoneError, read_phone, tidy
from server.unipile.fields.texts import clean

# A larger file is not a card that fits a bubble.
MAX_CARD_BYTES = 64 * 1024
MAX_CONTACTS, MAX_PHONES, MAX_TEXT = 20, 10, 200
LINE_END = re.compile(r"\r\n?|\n")
# A property: its name after an optional group, its parameters (quoted values may contain colons), and its value.
PROPERTY = re.compile(r'(?:[\w-]+\.)?([A-Za-z0-9-]+)((?:\s*;(?:[^":;]|"[^"]*")*)*):(.*)', re.DOTALL)
# Lines of a card that is indented as a whole: names that a folded line hardly begins with.
INDENTED = re.compile(
    r"[ \t]+(?:[\w-]+\.)?(?:BEGIN|END|VERSION|N|FN|TEL|ORG|EMAIL|NOTE|TITLE|ADR|URL|X-[\w-]+)[:;]"
)
CHARSET = re.compile(r"charset=\"?([\w.:-]{1,40})", re.IGNORECASE)
CHARSET_OF_BYTES = re.compile(CHARSET.pattern.encode(), re.IGNORECASE)
QUOTED_PRINTABLE = re.compile(r";\s*(?:encoding=)?\"?quoted-printable", re.IGNORECASE)
BASE64 = re.compile(r";\s*(?:encoding=)?\"?(?:base64|b)\"?\s*(?:;|$)", re.IGNORECASE)
WHATSAPP_ID = re.compile(r"waid=\"?\+?(\d{5,20})", re.IGNORECASE | re.ASCII)
ESCAPED = re.compile(r"\\([\\,;:nN])")
SEMICOLON = re.compile(r"(?<!\\);")
# The properties that name a contact, in order of preference.
NAMES = ("FN", "N", "NICKNAME", "ORG", "X-WA-BIZ-NAME")


class Property(NamedTuple):
    name: str
    parameters: str
    value: str


class CardContact(TypedDict):
    """A contact of a card; `numbers` are +digits where they have a country code, else digits."""

    name: str | None
    numbers: list[str]


def read_cards(card: str | bytes) -> list[CardContact]:
    """The contacts of a vCard file; empty when it is not one."""
    text = (_decode(card[:MAX_CARD_BYTES]) if isinstance(card, bytes) else card)[:MAX_CARD_BYTES]
    contacts = (_contact(properties) for properties in islice(_cards(text), MAX_CONTACTS))
    return [contact for contact in contacts if contact["name"] or contact["numbers"]]


def _decode(data: bytes) -> str:
    """UTF-8 or UTF-16 where they are, else in the character set that the card names, else as Windows writes."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if b"\x00" in data[:64]:
        return data.decode("utf-16-be" if data[:1] == b"\x00" else "utf-16-le", "replace")
    named = CHARSET_OF_BYTES.search(data)
    return _decode_as(data, named and named[1].decode())


def _decode_as(data: bytes, charset: str | None) -> str:
    for name in ("utf-8", charset, "cp1252"):
        try:
            return data.decode(name) if name else data.decode("ascii")
        except (LookupError, UnicodeError):
            continue
    return data.decode("latin-1")


def _cards(text: str) -> Iterator[list[Property]]:
    """The properties of each card; what stands before and between cards belongs to none."""
    card: list[Property] | None = None
    for found in map(_property, _logical_lines(textwrap.dedent(text.lstrip("\ufeff")))):
        if found is None:
            continue
        if found.name == "BEGIN" and found.value.strip().upper() == "VCARD":
            if card:
                yield card
            card = []
        elif card is not None:
            card.append(found)
    if card:
        yield card


def _logical_lines(text: str) -> Iterator[str]:
    """Lines with what was folded (RFC 6350) or broken softly (quoted-printable) put together again."""
    parts: list[str] = []
    is_broken = False
    for line in LINE_END.split(text):
        is_folded = line[:1] in (" ", "\t") and INDENTED.match(line) is None
        if parts and (is_broken or is_folded):
            parts.append(line[1:] if is_folded else line)
        else:
            if parts:
                yield "".join(parts)
            parts = [line.strip()]
        is_broken = line.endswith("=") and QUOTED_PRINTABLE.search(parts[0]) is not None
        if is_broken:
            parts[-1] = parts[-1][:-1]
    yield "".join(parts)


def _property(line: str) -> Property | None:
    found = PROPERTY.fullmatch(line)
    if found is None:
        return None
    parameters, value = found[2], found[3]
    if QUOTED_PRINTABLE.search(parameters):
        named = CHARSET.search(parameters)
        value = _decode_as(quopri.decodestring(value.encode("utf-8", "replace")), named and named[1])
    elif BASE64.search(parameters) and found[1].upper() in NAMES:
        value = _decode_as(_unbase64(value), None)
    return Property(found[1].upper(), parameters, value)


def _unbase64(value: str) -> bytes:
    try:
        return binascii.a2b_base64(value)
    except (binascii.Error, ValueError):
        return b""


def _contact(properties: Iterable[Property]) -> CardContact:
    names: dict[str, str] = {}
    numbers: list[str] = []
    for name, parameters, value in properties:
        if name == "TEL":
            whatsapp_id = WHATSAPP_ID.search(parameters)
            numbers.append(f"+{whatsapp_id[1]}" if whatsapp_id else ESCAPED.sub(_unescaped, value))
        elif name in NAMES and name not in names and (shown := _name_text(name, value)):
            names[name] = shown
    best = next((names[key] for key in NAMES if key in names), None)
    return {"name": best, "numbers": phone_numbers(numbers)}


def _name_text(name: str, value: str) -> str | None:
    """A name as text: of N the given, middle and family names; of ORG the organisation."""
    if name in ("N", "ORG"):
        parts = _parts(value)
        value = " ".join((*parts[1:3], *parts[:1]) if name == "N" else parts[:1])
    return card_text(ESCAPED.sub(_unescaped, value))


def _parts(value: str) -> list[str]:
    """Between semicolons that are not escaped."""
    return SEMICOLON.split(value[: MAX_TEXT * 10])


def _unescaped(match: re.Match[str]) -> str:
    return " " if match[1] in "nN" else match[1]


def phone_numbers(values: Iterable[object]) -> list[str]:
    """Phone numbers, each once: +digits with a country code, digits without."""
    found: dict[str, None] = {}
    for value in values:
        phone = _phone(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else None
        if phone is not None and 5 <= len(phone.removeprefix("+")) <= 20:
            found[phone] = None
        if len(found) == MAX_PHONES:
            break
    return list(found)


def _phone(text: str) -> str | None:
    tidied = tidy(text)
    if tidied is None or not tidied.startswith("+"):
        return tidied
    try:
        return read_phone(text)
    except PhoneError:
        return tidied


def card_text(value: object) -> str | None:
    """A storable text on one line; None when it is blank."""
    if not isinstance(value, str):
        return None
    written = cut(one_line(clean(value)), MAX_TEXT)
    return None if is_blank(written) else written
