"""Reads WhatsApp's addresses (JIDs): their stored spelling, the phone number in them, and the kind of chat."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from server.text.phones import phone_of_name, phone_variants

PHONE_SERVER, LID_SERVER = "s.whatsapp.net", "lid"
# Servers of contacts. `hosted` and `hosted.lid` are the devices of businesses that WhatsApp hosts.
CONTACT_SERVERS = frozenset((PHONE_SERVER, LID_SERVER, "hosted", "hosted.lid", "bot"))
# The same server under an older name.
RENAMED = {"c.us": PHONE_SERVER}
# Statuses and broadcast lists, which are never a conversation.
BROADCAST = "broadcast"
KINDS = {"g.us": "group", "newsletter": "channel", "broadcast": BROADCAST}
# A contact's user part: digits, then optionally an agent (`.1`, `_1`) and a device (`:12`).
USER = re.compile(r"\+?(\d{1,40})(?:[._]\d{1,5})?(?::\d{1,5})?", re.ASCII)
# E.164 has at most 15 digits, and no country code begins with 0.
PHONE = re.compile(r"[1-9]\d{4,14}", re.ASCII)
PLAIN_TEXT = re.compile(r"[!-~]*")
# Servers that address the same contact: data erased under one stays erased under the other.
TWINS = {
    PHONE_SERVER: ("c.us", "hosted"),
    "hosted": (PHONE_SERVER, "c.us"),
    LID_SERVER: ("hosted.lid",),
    "hosted.lid": (LID_SERVER,),
}
# An alias that both forms of a number share. UniPile's own ids, which follow a '#' too, have no ':'.
PHONE_KEY = "#tel:"
# One webhook contains the same few addresses a dozen times, and the chat's next webhook again.
CACHED = 4096


class Jid(NamedTuple):
    """An address in its stored spelling: no agent, no device, the server in lower case."""

    user: str
    server: str

    def __str__(self) -> str:
        return f"{self.user}@{self.server}"


@lru_cache(maxsize=CACHED)
def read(value: str) -> Jid | None:
    """The address; None for anything else, or for a server that WhatsApp does not have."""
    user, _, server = _printable(value).rpartition("@")
    server = server.lower()
    server = RENAMED.get(server, server)
    if server in KINDS and user:
        return Jid(user.lower(), server)
    match = USER.fullmatch(user) if server in CONTACT_SERVERS else None
    return match and Jid(match[1], server)


@lru_cache(maxsize=CACHED)
def plain(value: str) -> str:
    """An id in its stored spelling; one that is not an address is only stripped."""
    jid = read(value)
    return value.strip() if jid is None else str(jid)


def kind_of(address: str | None) -> str | None:
    """group, channel or broadcast; None where the address does not say, such as a contact's."""
    jid = read(address) if address else None
    return KINDS.get(jid.server) if jid else None


def is_contact(value: str) -> bool:
    """Whether this is a contact's address, not a group's or an id of another network."""
    jid = read(value)
    return jid is not None and jid.server in CONTACT_SERVERS


@lru_cache(maxsize=CACHED)
def phone_of(value: str) -> str | None:
    """+digits when the address is a phone number; never from a LID, a group or bare digits."""
    jid = read(value)
    is_phone = jid is not None and jid.server == PHONE_SERVER and PHONE.fullmatch(jid.user)
    return f"+{jid.user}" if jid and is_phone else None


def is_opaque(value: str, digits: str) -> bool:
    """Whether these are the digits of an address that is not a phone number."""
    jid = read(value)
    return jid is not None and jid.user == digits and jid.server not in (PHONE_SERVER, "hosted")


def phone_addresses(digits: str) -> list[str]:
    """The addresses WhatsApp may have for a phone number, the given form first."""
    return [f"{form}@{PHONE_SERVER}" for form in sorted(phone_variants(digits), key=lambda f: f != digits)]


@lru_cache(maxsize=CACHED)
def phone_key(value: str) -> str | None:
    """The alias that both forms of a phone address share; None when there is only one form."""
    jid = read(value)
    forms = phone_variants(jid.user) if jid and jid.server == PHONE_SERVER else ()
    return PHONE_KEY + forms[0] if len(forms) > 1 else None


def forms(name: str) -> Iterator[str]:
    """All ids that a contact with this id may have here: as spelled, as stored, and on the twin servers."""
    yield name
    jid = read(name)
    if jid is None:
        phone = phone_of_name(name)
        jid = Jid(phone.lstrip("+"), PHONE_SERVER) if phone else None
    if jid is None:
        return
    yield str(jid)
    is_phone = jid.server in (PHONE_SERVER, "hosted")
    for user in phone_variants(jid.user) if is_phone else (jid.user,):
        yield from (str(Jid(user, server)) for server in (jid.server, *TWINS.get(jid.server, ())))
    if is_phone and (key := phone_key(str(Jid(jid.user, PHONE_SERVER)))):
        yield key


def _printable(value: str) -> str:
    """Without whitespace and invisible characters; digits of any script as 0–9."""
    if PLAIN_TEXT.fullmatch(value):
        return value
    visible = (c for c in value if unicodedata.category(c) not in ("Cf", "Cc") and not c.isspace())
    return unicodedata.normalize("NFKC", "".join(str(unicodedata.decimal(c, c)) for c in visible))
