"""Generates and parses the ids and timestamps of UniPile and WhatsApp."""

import hashlib
import re
import secrets
import string
from datetime import UTC, datetime

from server.text.phones import tidy

ALPHABET = string.digits + string.ascii_letters
ID_LENGTH = 22  # 128 bits

PHONE_DOMAIN = "@s.whatsapp.net"
LID_DOMAIN = "@lid"
GROUP_DOMAIN = "@g.us"

ISO_FORMAT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


def _encode(value: int) -> str:
    digits = []
    for _ in range(ID_LENGTH):
        value, rest = divmod(value, len(ALPHABET))
        digits.append(ALPHABET[rest])
    return "".join(digits)


def new_id() -> str:
    """Generate a UniPile id: 128 random bits in 22 characters."""
    return _encode(secrets.randbits(128))


def derived_id(*parts: str) -> str:
    """Derive a UniPile id from these parts."""
    return _encode(int.from_bytes(hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).digest()[:16]))


def new_stanza_id() -> str:
    """Generate a message id in WhatsApp's format."""
    return "3EB0" + secrets.token_hex(8).upper()


def new_group_jid() -> str:
    """Generate the provider id of a group."""
    return "1203" + "".join(secrets.choice(string.digits) for _ in range(14)) + GROUP_DOMAIN


def derived_lid(digits: str) -> str:
    """Derive the opaque 15-digit LID of a phone number."""
    value = int.from_bytes(hashlib.sha256(digits.encode()).digest()[:8])
    return f"{100_000_000_000_000 + value % 900_000_000_000_000}{LID_DOMAIN}"


def phone_digits(value: str) -> str:
    """Return the digits of a phone number or phone JID in any notation; empty for anything else."""
    return (tidy(value) or "").removeprefix("+")


def to_iso(milliseconds: int) -> str:
    """Format a time as UniPile does: UTC, milliseconds, Z."""
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"


def from_iso(value: str) -> int | None:
    """Parse a time in exactly that format; None for any other."""
    if not ISO_FORMAT.fullmatch(value):
        return None
    try:
        moment = datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return round(moment.timestamp() * 1000)
