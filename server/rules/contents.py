"""What a message holds: the kinds of contents that a search can ask for."""

import re
from collections.abc import Iterable, Mapping

# What `has` can ask for.
CONTENTS = ("media", "audio", "file", "link", "location", "contact")
LINK = re.compile(r"(?:^|[^\w@.])(?:https?://|www\.)[^\s/?#]", re.IGNORECASE)
# By the type that the first bytes of the file disclosed, else by UniPile's.
FAMILIES = {"image": "media", "video": "media", "audio": "audio"}
TYPES = {"img": "media", "video": "media", "audio": "audio", "location": "location", "contact": "contact"}


def contents_of(body: str | None, attachments: Iterable[Mapping[str, object]]) -> list[str]:
    """Each of `CONTENTS` that the message has."""
    found = {content for item in attachments if (content := _content_of(item))}
    if LINK.search(body or ""):
        found.add("link")
    return sorted(found)


def _content_of(attachment: Mapping[str, object]) -> str | None:
    """None for stickers, which are no pictures to look for."""
    if attachment.get("sticker") is True:
        return None
    if attachment.get("contacts"):
        return "contact"
    kind, mimetype = str(attachment.get("type")), str(attachment.get("mimetype") or "")
    if kind in ("location", "contact") or not mimetype:
        return TYPES.get(kind, "file")
    is_drawing = mimetype == "image/svg+xml"
    return "file" if is_drawing else FAMILIES.get(mimetype.partition("/")[0], "file")
