"""Names of contacts and groups: cleaning, and recognising placeholders that are not names."""

import unicodedata
from functools import lru_cache

import regex

from server.text.graphemes import BLANK_LETTERS, cut, is_blank, one_line

MAX_NAME = 200
# A name has a letter or an emoji. Digits and punctuation alone are a phone number, "." or "~"; U+FFFC and U+FFFD are
# placeholders for lost characters.
_SHOWS = regex.compile(
    rf"(?V1)[[\p{{L}}\p{{Nl}}\p{{So}}\p{{Extended_Pictographic}}]--[{BLANK_LETTERS}\ufffc\ufffd]]"
)
_JID = regex.compile(
    r"[\w.:+-]+@(?:s\.whatsapp\.net|c\.us|g\.us|lid|hosted|hosted\.lid|newsletter|broadcast|bot|call|msgr)",
    regex.IGNORECASE,
)


# A phone number with decoration, and placeholders written by programs.
_PHONE = regex.compile(r"(?:(?:tel|sms):|(?:https?://)?wa\.me/)?[^\p{L}]*", regex.IGNORECASE)
_ANONYMOUS = ("undefined", "null")
MIN_PHONE_DIGITS = 7


def is_name(text: str) -> bool:
    """Whether this can be a name: not blank, not a phone number, not a JID, not only punctuation."""
    if text in _ANONYMOUS or _SHOWS.search(text) is None or _JID.fullmatch(text.strip()) is not None:
        return False
    return _PHONE.fullmatch(text.strip()) is None or sum(map(str.isdecimal, text)) < MIN_PHONE_DIGITS


@lru_cache(maxsize=2048)  # a webhook contains each name several times
def contact_name(text: str | None) -> str | None:
    """A contact's name on one line and bounded; None if it is not a name."""
    shown = _cleaned_name(text)
    return shown if shown is not None and is_name(shown) else None


def subject(text: str | None) -> str | None:
    """A group's or account's name on one line and bounded; digits or a full stop are allowed, blank is None."""
    shown = _cleaned_name(text)
    return shown if shown is not None and not is_blank(shown) else None


def is_same(one: str | None, other: str | None) -> bool:
    """Whether two names look the same."""
    return one is not None and other is not None and _folded(one) == _folded(other)


def _cleaned_name(text: str | None) -> str | None:
    return None if text is None else cut(one_line(text), MAX_NAME)


def _folded(name: str) -> str:
    return name.casefold() if name.isascii() else unicodedata.normalize("NFKC", name).casefold()
