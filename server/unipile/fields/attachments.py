"""Reads attachments and quoted messages, and recognises locations and contact cards among the attachments."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

from server.unipile.fields import cards
from server.unipile.fields.addresses import address
from server.unipile.fields.cards import Location
from server.unipile.fields.scalars import flag, small_integer
from server.unipile.fields.texts import MAX_ID_LENGTH, text
from server.unipile.fields.vcards import CardContact

MAX_ATTACHMENTS = 50
MAX_QUOTED_TEXT = 1000
CARD_KINDS = ("location", "contact")


class Attachment(TypedDict):
    """An attachment as it is stored; `duration` in seconds, `width` and `height` in pixels, `file_size` in bytes."""

    id: str
    type: str
    file_name: str | None
    mimetype: str | None
    file_size: int | None
    state: str
    error: str | None
    voice_note: bool
    sticker: bool
    duration: int | None
    width: int | None
    height: int | None
    location: NotRequired[Location | None]
    contacts: NotRequired[list[CardContact]]


class Quote(TypedDict):
    """The message that a message replies to, as far as the provider says."""

    provider_msg_id: str | None
    sender_id: str | None
    body: str | None


def attachments(value: object) -> list[Attachment]:
    """A list of objects; older servers send one object, or an object with numeric strings as keys (§4.2)."""
    if isinstance(value, dict):
        value = [value] if "id" in value or "type" in value else list(value.values())
    if not isinstance(value, list):
        return []
    items = (_attachment(item) for item in value[:MAX_ATTACHMENTS] if isinstance(item, dict))
    return [attachment for attachment in items if attachment is not None]


def quoted(value: object, twin: object = None) -> Quote | None:
    """The quoted message; `reply_to`, the newer twin of `quoted`, may have the id that `quoted` lacks (§4.2)."""
    newer = twin if isinstance(twin, dict) else {}
    older = value if isinstance(value, dict) else {}
    if not newer and not older:
        return None
    return {
        "provider_msg_id": text(older.get("message_id"), MAX_ID_LENGTH)
        or text(newer.get("id"), MAX_ID_LENGTH),
        "sender_id": address((older or newer).get("sender_id")),
        "body": text((older or newer).get("text"), MAX_QUOTED_TEXT),
    }


def _attachment(value: Mapping[str, object]) -> Attachment | None:
    kind = _kind(value)
    # A location has no bytes, and so may have no id.
    identifier = text(value.get("id"), MAX_ID_LENGTH) or (kind if kind in CARD_KINDS else None)
    if identifier is None:
        return None
    attachment = _described(value, identifier, kind)
    _add_card(attachment, value, kind)
    return attachment


def _kind(value: Mapping[str, object]) -> str:
    """UniPile's type, with our names for the types it does not document; a contact card is also known by its file."""
    kind = text(value.get("type"), 50) or "file"
    if kind in cards.LOCATION_TYPES:
        return "file" if cards.location(value) is None else "location"
    name = str(value.get("file_name") or "").lower()
    mimetype = str(value.get("mimetype") or "").partition(";")[0].strip().lower()
    is_card = mimetype in cards.VCARD_TYPES or name.endswith(".vcf")
    return "contact" if kind in cards.CONTACT_TYPES or (kind == "file" and is_card) else kind


def _add_card(attachment: Attachment, value: Mapping[str, object], kind: str) -> None:
    """The content of a location or contact card that is in the body; one that is a file is read after its copy."""
    if kind == "location":
        attachment["location"] = cards.location(value)
        attachment["state"] = "none"
    elif kind == "contact" and (contacts := cards.contacts(value)):
        attachment["contacts"] = contacts
        attachment["state"] = "none"


def _described(value: Mapping[str, object], identifier: str, kind: str) -> Attachment:
    return {
        "id": identifier,
        "type": kind,
        "file_name": text(value.get("file_name"), 255),
        "mimetype": text(value.get("mimetype"), 100),
        "file_size": small_integer(value.get("file_size")),
        # A job copies the file; one that the provider no longer has is not requested.
        "state": "unavailable" if flag(value.get("unavailable")) else "waiting",
        "error": None,
        "voice_note": flag(value.get("voice_note")),
        "sticker": flag(value.get("sticker")),
        "duration": small_integer(value.get("duration")),
        "width": _dimension(value, "width"),
        "height": _dimension(value, "height"),
    }


def _dimension(attachment: Mapping[str, object], side: str) -> int | None:
    size = attachment.get("size")
    return small_integer(size.get(side)) if isinstance(size, dict) else None
