"""Reads chats and the flags set on them on the phone (§6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict

from server.text.times import read_time
from server.unipile.fields import jids
from server.unipile.fields.addresses import address
from server.unipile.fields.scalars import flag, provided_flag, small_integer, whole
from server.unipile.fields.texts import UnusableEventError, identifier
from server.unipile.fields.times import CLOCK_SKEW

CHAT_KINDS: Mapping[object, str] = {0: "direct", 1: "group", 2: "channel"}
FOREVER = "9999-12-31T00:00:00Z"
MARKED_UNREAD = -1
MUTED_FOREVER = -1


class ChatFlags(TypedDict):
    """Flags of a chat on the phone; None where UniPile does not say.

    `mutes`: the answer has a mute at all; `counts`: there are unread messages; `is_marked`: marked unread by hand;
    `is_read`: everything up to `last_at` is read.
    """

    archived: bool | None
    pinned: bool | None
    mutes: bool
    muted_until: str | None
    counts: bool
    is_marked: bool
    is_read: bool
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredChat:
    """A chat as UniPile lists it, with its flags."""

    provider_chat_id: str
    kind: str
    address: str | None = None
    flags: ChatFlags | None = None


def read_chat(item: Mapping[str, object]) -> StoredChat | None:
    """None for statuses and broadcast lists, which are no chats, and for what has no id."""
    chat_address = address(item.get("provider_id"))
    kind = jids.kind_of(chat_address) or CHAT_KINDS.get(small_integer(item.get("type")), "direct")
    if kind == jids.BROADCAST:
        return None
    try:
        return StoredChat(identifier(item, "id"), kind, chat_address, read_flags(item))
    except UnusableEventError:
        return None


def read_flags(item: Mapping[str, object]) -> ChatFlags:
    """The flags of a chat object."""
    count, last_at = whole(item.get("unread_count")), read_time(item.get("timestamp"))
    unread = small_integer(count)
    if last_at is not None and last_at > datetime.now(UTC) + CLOCK_SKEW:
        last_at = None  # a message from the future was not read
    is_flagged = flag(item.get("unread"))
    return {
        "archived": provided_flag(item.get("archived")),
        "pinned": provided_flag(item.get("pinned")),
        "mutes": "muted_until" in item,
        "muted_until": _muted_until(item.get("muted_until")),
        "counts": unread is not None and unread > 0,
        # Marked by hand without a new message: v2 sends -1; v1 may only set its flag.
        "is_marked": count == MARKED_UNREAD or (unread == 0 and is_flagged),
        "is_read": unread == 0 and not is_flagged and last_at is not None,
        "last_at": last_at,
    }


def _muted_until(value: object) -> str | None:
    """-1 or True mute forever; else the time."""
    if whole(value) == MUTED_FOREVER or value is True:
        return FOREVER
    until = read_time(value)
    return None if until is None else until.isoformat()
