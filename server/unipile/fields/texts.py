"""Reads texts, names and ids: bounded, and storable in Postgres."""

import re
from collections.abc import Callable, Mapping

from server.text.graphemes import cut
from server.text.names import MAX_NAME, contact_name

MAX_ID_LENGTH = 255
MAX_TEXT_LENGTH = 65_536
MAX_REACTION_LENGTH = 64
# Characters read of a name before it is normalised and cut.
MAX_PROVIDED_NAME = 4 * MAX_NAME
# NUL, which Postgres refuses, and lone surrogates, which UTF-8 cannot encode.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\ufffd"


class UnusableEventError(ValueError):
    """The event can never become a row; the message names the missing or invalid field."""


def clean(text: str) -> str:
    """Replace NUL and lone surrogates by U+FFFD."""
    return UNSTORABLE.sub(REPLACEMENT, text)


def text(value: object, limit: int) -> str | None:
    """A storable text of at most `limit` code points; None for any other type."""
    return clean(cut(value, limit)) if isinstance(value, str) else None


def identifier(body: Mapping[str, object], key: str) -> str:
    """A required id; older servers send integers. Raises UnusableEventError."""
    value = body.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value or len(value) > MAX_ID_LENGTH or UNSTORABLE.search(value):
        raise UnusableEventError(f"{key} is missing or impossible")
    return value


def provided_name(value: object, read: Callable[[str], str | None] = contact_name) -> str | None:
    """A display name; `read` decides whether the text is one. Controls are removed before `clean` replaces them."""
    name = read(value[:MAX_PROVIDED_NAME]) if isinstance(value, str) else None
    return None if name is None else clean(name)
