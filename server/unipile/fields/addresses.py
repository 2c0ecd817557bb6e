"""Reads the addresses of contacts and chats in the one spelling that is stored."""

from collections.abc import Iterable
from functools import lru_cache

from server.text.graphemes import cut
from server.unipile.fields import jids
from server.unipile.fields.texts import MAX_ID_LENGTH, clean, text


def address(value: object) -> str | None:
    """An id or address in its stored spelling; None for anything but a text."""
    if not isinstance(value, str):
        return None
    return _cached_address(value) if len(value) <= MAX_ID_LENGTH else _read_address(value)


def _read_address(value: str) -> str:
    return jids.plain(clean(cut(value, MAX_ID_LENGTH)))


# One event repeats the same few addresses.
_cached_address = lru_cache(maxsize=jids.CACHED)(_read_address)


def respelled(*values: object) -> tuple[str, ...]:
    """Those ids, as sent, whose stored spelling is different."""
    return tuple(raw for item in values if (raw := text(item, MAX_ID_LENGTH)) and raw != jids.plain(raw))


def with_phone_keys(ids: Iterable[str]) -> list[str]:
    """The ids without repetitions, then the alias that both forms of a phone number share."""
    unique = list(dict.fromkeys(ids))
    return list(dict.fromkeys([*unique, *(key for name in unique if (key := jids.phone_key(name)))]))
