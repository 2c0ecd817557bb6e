"""Reads the pieces that webhook bodies and answers share, leniently: ids, texts, times, people, attachments."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from server.text.graphemes import cut
from server.text.names import MAX_NAME, contact_name
from server.text.phones import phone_of_name
from server.text.times import read_time
from server.unipile import cards, jids
from server.unipile.plain import UNSTORABLE, clean
from server.unipile.scalars import flag, small_integer

MAX_ID_LENGTH = 255
MAX_TEXT_LENGTH = 65_536
MAX_REACTION_LENGTH = 64
# Of a name so much is read: what is left of it is shorter.
MAX_PROVIDED_NAME = 4 * MAX_NAME
CARD_KINDS = ("location", "contact")
# So far two honest clocks may be apart.
CLOCK_SKEW = timedelta(minutes=1)
# A clock in the wrong zone is shown as it says; what is further ahead is no time of day.
MAX_AHEAD = timedelta(days=1)


class UnusableEventError(ValueError):
    """The event can never become a row: what it lacks stands in the message."""


def contact_of(value: object) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    provider_id = address(value.get("attendee_provider_id"))
    if not provider_id:
        return None
    return {
        "provider_id": provider_id,
        "name": provided_name(value.get("attendee_name")),
        "phone": _phone(value, provider_id),
    }


def known_contact(value: object, *, place: str | None = None) -> dict[str, Any] | None:
    """A person with all the ids that are told of them here (§6.4): `ids`, the provider's, the one that both forms of a
    phone number share and, behind a '#', UniPile's own, which is `external_id`. `place` is the address of a direct chat
    whose other side this is. None for a group or a channel that writes in its own name: it is no contact.
    """
    who = contact_of(value)
    if who is None or not isinstance(value, dict):
        return None
    if jids.kind_of(who["provider_id"]) is not None:
        return None
    specifics = value.get("attendee_specifics")
    told = (
        value.get("attendee_public_identifier"),
        specifics.get("lid") if isinstance(specifics, dict) else None,
        who["phone"] and f"{who['phone'].lstrip('+')}@{jids.PHONE_SERVER}",
        place,
    )
    own = text(value.get("attendee_id"), MAX_ID_LENGTH)
    named = (plain for name in told if (plain := address(name)) and jids.is_contact(plain))
    ids = with_phone_keys([who["provider_id"], *named])
    return who | {"ids": [*ids, *([f"#{own}"] if own else [])], "external_id": own or None}


def mentions(value: object) -> tuple[dict[str, Any], ...]:
    """People whom a text names, where UniPile says more of them than the id that stands in the text (§4.2)."""
    items = [item for item in value[:50] if isinstance(item, dict)] if isinstance(value, list) else []
    people = [known_contact(_as_attendee(item)) for item in items]
    return tuple(who for who in people if who is not None and (who["name"] or len(who["ids"]) > 1))


def _as_attendee(item: Mapping[str, Any]) -> dict[str, Any]:
    """A mention's shape is not documented: in a webhook's words, in those of the lists, or in plain ones."""
    names = {
        "attendee_provider_id": ("provider_id", "id", "user_id", "jid"),
        "attendee_name": ("name", "display_name"),
        "attendee_public_identifier": ("public_identifier",),
        "attendee_specifics": ("specifics",),
    }
    return {
        key: next((item[name] for name in (key, *others) if item.get(name)), None)
        for key, others in names.items()
    }


def raw_id(value: object) -> object:
    """A person's id as it was told."""
    return value.get("attendee_provider_id") if isinstance(value, dict) else None


def spelled(*told: object) -> tuple[str, ...]:
    """These ids as they were told, where they are kept in another spelling."""
    return tuple(raw for item in told if (raw := text(item, MAX_ID_LENGTH)) and raw != jids.plain(raw))


def with_phone_keys(ids: Iterable[str]) -> list[str]:
    """The ids, each once, with the alias that both forms of a phone number share."""
    known = list(dict.fromkeys(ids))
    return list(dict.fromkeys([*known, *(key for name in known if (key := jids.phone_key(name)))]))


def address(value: object) -> str | None:
    """An id or address in the one spelling that is kept."""
    if not isinstance(value, str):
        return None
    return _plain_address(value) if len(value) <= MAX_ID_LENGTH else _read_address(value)


def _read_address(value: str) -> str:
    return jids.plain(clean(cut(value, MAX_ID_LENGTH)))


# One event repeats the same few addresses.
_plain_address = lru_cache(maxsize=jids.CACHED)(_read_address)


def _phone(who: Mapping[str, Any], provider_id: str) -> str | None:
    """The number as +digits when WhatsApp reveals it; never the digits of a LID, also where a server calls them so."""
    specifics = who.get("attendee_specifics")
    told = phone_of_name(specifics.get("phone_number")) if isinstance(specifics, dict) else None
    if told is not None and not jids.is_opaque(provider_id, told.lstrip("+")):
        return told
    return jids.phone_of(address(who.get("attendee_public_identifier")) or "") or jids.phone_of(provider_id)


def attachments(value: object) -> list[dict[str, Any]]:
    """A list of objects; older servers send one object, or an object with string numbers as keys (§4.2)."""
    if isinstance(value, dict):
        value = [value] if "id" in value or "type" in value else list(value.values())
    if not isinstance(value, list):
        return []
    return [attachment for item in value[:50] if (attachment := _attachment(item)) is not None]


def _attachment(value: object) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    kind = _kind(value)
    # A place needs no bytes, and so may have no id.
    identifier = text(value.get("id"), MAX_ID_LENGTH) or (kind if kind in CARD_KINDS else None)
    if identifier is None:
        return None
    return _described(value, identifier, kind) | _card(value, kind)


def _kind(value: Mapping[str, Any]) -> str:
    """UniPile's kind, with our words for those it does not document, and a card known by its file."""
    kind = text(value.get("type"), 50) or "file"
    if kind in cards.LOCATION_TYPES:
        return "file" if cards.location(value) is None else "location"
    name = str(value.get("file_name") or "").lower()
    mimetype = str(value.get("mimetype") or "").partition(";")[0].strip().lower()
    is_card = mimetype in cards.VCARD_TYPES or name.endswith(".vcf")
    return "contact" if kind in cards.CONTACT_TYPES or (kind == "file" and is_card) else kind


def _card(value: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """What a location or a contact card says by itself; a card that comes as a file is read when it has been copied."""
    if kind == "location":
        return {"location": cards.location(value), "state": "none"}
    people = cards.contacts(value) if kind == "contact" else []
    return {"contacts": people, "state": "none"} if people else {}


def _described(value: Mapping[str, Any], identifier: str, kind: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "type": kind,
        "file_name": text(value.get("file_name"), 255),
        "mimetype": text(value.get("mimetype"), 100),
        "file_size": small_integer(value.get("file_size")),
        # A copy is made in a job; what the provider has dropped is not asked for.
        "state": "unavailable" if flag(value.get("unavailable")) else "waiting",
        "error": None,
        "voice_note": flag(value.get("voice_note")),
        "sticker": flag(value.get("sticker")),
        "duration": small_integer(value.get("duration")),
        "width": _dimension(value, "width"),
        "height": _dimension(value, "height"),
    }


def _dimension(attachment: Mapping[str, Any], side: str) -> int | None:
    size = attachment.get("size")
    return small_integer(size.get(side)) if isinstance(size, dict) else None


def quoted(value: object, twin: object = None) -> dict[str, Any] | None:
    """The message that was answered; `reply_to`, the newer twin, may know its id where `quoted` does not (§4.2)."""
    newer = twin if isinstance(twin, dict) else {}
    older = value if isinstance(value, dict) else {}
    if not newer and not older:
        return None
    return {
        "provider_msg_id": text(older.get("message_id"), MAX_ID_LENGTH)
        or text(newer.get("id"), MAX_ID_LENGTH),
        "sender_id": address((older or newer).get("sender_id")),
        "body": text((older or newer).get("text"), 1000),
    }


def identifier(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value or len(value) > MAX_ID_LENGTH or UNSTORABLE.search(value):
        raise UnusableEventError(f"{key} is missing or impossible")
    return value


def provided_name(value: object, read: Callable[[str], str | None] = contact_name) -> str | None:
    """A name as it is told; `read` says whether it is one. Controls are gone before anything is replaced."""
    name = read(value[:MAX_PROVIDED_NAME]) if isinstance(value, str) else None
    return None if name is None else clean(name)


def text(value: object, limit: int) -> str | None:
    return clean(cut(value, limit)) if isinstance(value, str) else None


def timestamp(value: object, received_at: str) -> str:
    """The time as RFC 3339 in UTC; `received_at` when it cannot be read or cannot be."""
    read = read_time(value)
    return received_at if read is None else read.isoformat(timespec="milliseconds")


def sent_times(value: object, received_at: str) -> tuple[str, str | None]:
    """(the time that orders a message, the time told where that is still to come): a clock that is ahead would else
    keep a message newest, and its chat read, until the world has caught up.
    """
    told = timestamp(value, received_at)
    is_ahead = datetime.fromisoformat(told) > datetime.fromisoformat(received_at) + CLOCK_SKEW
    if not is_ahead:
        return told, None
    is_credible = datetime.fromisoformat(told) <= datetime.fromisoformat(received_at) + MAX_AHEAD
    return timestamp(received_at, received_at), told if is_credible else None
