"""Reads UniPile's webhook bodies into our own events (unipile-api.md §3, §4); knows no database, no queue."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# unipile-api.md §3: what an account-status message means for a connected number.
STATUSES: Mapping[str, str] = {
    "OK": "connected",
    "SYNC_SUCCESS": "connected",
    "RECONNECTED": "connected",
    "CREATION_SUCCESS": "connecting",
    "CONNECTING": "connecting",
    "CREDENTIALS": "needs_action",
    "PERMISSIONS": "needs_action",
    "ERROR": "degraded",
    "STOPPED": "degraded",
    "DELETED": "disconnected",
}
# Webhook event -> how far the tick moves.
RECEIPTS: Mapping[str, str] = {"message_delivered": "delivered", "message_read": "read"}

MAX_ID_LENGTH = 255
MAX_TEXT_LENGTH = 65_536
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\ufffd"


class UnusableEventError(ValueError):
    """The event can never become a row: what it lacks stands in the message."""


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """A message came in or was written by the account itself; `chat_kind` is direct, group or channel."""

    external_account_id: str
    provider_chat_id: str
    provider_msg_id: str
    chat_address: str | None
    chat_kind: str
    direction: str
    body: str | None
    attachments: list[dict[str, Any]]
    quoted: dict[str, Any] | None
    sender: dict[str, Any] | None
    contact: dict[str, Any] | None
    is_event: bool
    event_type: int | None
    sent_at: str


@dataclass(frozen=True, slots=True)
class ReceiptEvent:
    """One of our messages was delivered or read."""

    external_account_id: str
    provider_msg_id: str
    status: str


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """The account's connection changed; `status` is ours, `reason` UniPile's word."""

    external_account_id: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class IgnoredEvent:
    """A kind we do not handle yet: it is kept, not dropped."""

    external_account_id: str
    kind: str


Event = MessageEvent | ReceiptEvent | StatusEvent | IgnoredEvent


def account_of(body: Mapping[str, Any]) -> str | None:
    """The account id of a webhook body of either kind, or None when it has none that could be one."""
    nested = body.get("AccountStatus")
    value = nested.get("account_id") if isinstance(nested, dict) else body.get("account_id")
    return value if isinstance(value, str) and value else None


def parse_event(body: Mapping[str, Any], received_at: str) -> Event:
    """Read one webhook body leniently; raises UnusableEventError when an id is missing or absurd.

    `received_at` (RFC 3339) stands in for a timestamp that is missing or unreadable.
    """
    if isinstance(body.get("AccountStatus"), dict):
        return _status_event(body["AccountStatus"])
    kind = body.get("event") or "message_received"
    if kind == "message_received":
        return _message_event(body, received_at)
    if isinstance(kind, str) and kind in RECEIPTS:
        return _receipt_event(body, RECEIPTS[kind])
    return IgnoredEvent(_identifier(body, "account_id"), clean(str(kind))[:100])


def _status_event(status: Mapping[str, Any]) -> Event:
    account, reason = _identifier(status, "account_id"), clean(str(status.get("message")))[:100]
    known = STATUSES.get(reason)
    return StatusEvent(account, known, reason) if known else IgnoredEvent(account, f"account_status:{reason}")


def _receipt_event(body: Mapping[str, Any], status: str) -> Event:
    account = _identifier(body, "account_id")
    if body.get("is_sender") is False:
        # Somebody read what a customer wrote: on the phone, as the account. Nothing of ours was ticked.
        return IgnoredEvent(account, f"{body['event']}:inbound")
    return ReceiptEvent(account, _identifier(body, "message_id"), status)


def _message_event(body: Mapping[str, Any], received_at: str) -> MessageEvent:
    sent_at = _timestamp(body.get("timestamp"), received_at)
    is_own = body.get("is_sender") in (True, 1)
    sender = _person(body.get("sender"))
    is_group = body.get("is_group") in (True, 1)
    return MessageEvent(
        external_account_id=_identifier(body, "account_id"),
        provider_chat_id=_identifier(body, "chat_id"),
        provider_msg_id=_identifier(body, "message_id"),
        chat_address=_text(body.get("provider_chat_id"), MAX_ID_LENGTH),
        chat_kind="group" if is_group else "direct",
        direction="out" if is_own else "in",
        body=_text(body.get("message"), MAX_TEXT_LENGTH),
        attachments=_attachments(body.get("attachments")),
        quoted=_quoted(body.get("quoted")),
        sender=sender,
        contact=_other_side(body) if is_own and not is_group else sender,
        is_event=body.get("is_event") in (True, 1),
        event_type=_small_integer(body.get("event_type")),
        sent_at=sent_at,
    )


def _other_side(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """In a direct chat the one attendee who is not the account, which lists may or may not name (§4.2)."""
    attendees = body.get("attendees")
    people = [_person(item) for item in attendees] if isinstance(attendees, list) else []
    own = _person(body.get("sender"))
    others = [p for p in people if p is not None and (own is None or p["provider_id"] != own["provider_id"])]
    return others[0] if len(others) == 1 else None


def _person(value: object) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    provider_id = _text(value.get("attendee_provider_id"), MAX_ID_LENGTH)
    if not provider_id:
        return None
    return {
        "provider_id": provider_id,
        "name": _text(value.get("attendee_name"), 200),
        "phone": _phone(value),
    }


def _phone(person: Mapping[str, Any]) -> str | None:
    """The number as +digits when WhatsApp reveals it; never read from an @lid (§6.4)."""
    specifics = person.get("attendee_specifics")
    told = specifics.get("phone_number") if isinstance(specifics, dict) else None
    for candidate in (told, person.get("attendee_public_identifier"), person.get("attendee_provider_id")):
        if isinstance(candidate, str) and not candidate.endswith(("@lid", "@g.us")):
            digits = candidate.split("@")[0].lstrip("+")
            if digits.isascii() and digits.isdigit() and 5 <= len(digits) <= 20:
                return f"+{digits}"
    return None


def _attachments(value: object) -> list[dict[str, Any]]:
    """A list of objects; older servers send one object, or an object with string numbers as keys (§4.2)."""
    if isinstance(value, dict):
        value = [value] if "id" in value or "type" in value else list(value.values())
    if not isinstance(value, list):
        return []
    return [attachment for item in value[:50] if (attachment := _attachment(item)) is not None]


def _attachment(value: object) -> dict[str, Any] | None:
    if not isinstance(value, dict) or (identifier := _text(value.get("id"), MAX_ID_LENGTH)) is None:
        return None
    return {
        "id": identifier,
        "type": _text(value.get("type"), 50) or "file",
        "file_name": _text(value.get("file_name"), 255),
        "mimetype": _text(value.get("mimetype"), 100),
        "file_size": _small_integer(value.get("file_size")),
        "unavailable": value.get("unavailable") in (True, 1),
        "voice_note": value.get("voice_note") in (True, 1),
        "sticker": value.get("sticker") in (True, 1),
        "duration": _small_integer(value.get("duration")),
        "width": _dimension(value, "width"),
        "height": _dimension(value, "height"),
    }


def _dimension(attachment: Mapping[str, Any], side: str) -> int | None:
    size = attachment.get("size")
    return _small_integer(size.get(side)) if isinstance(size, dict) else None


def _quoted(value: object) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    return {
        "provider_msg_id": _text(value.get("message_id"), MAX_ID_LENGTH),
        "sender_id": _text(value.get("sender_id"), MAX_ID_LENGTH),
        "body": _text(value.get("text"), 1000),
    }


def _identifier(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value or len(value) > MAX_ID_LENGTH or UNSTORABLE.search(value):
        raise UnusableEventError(f"{key} is missing or impossible")
    return value


def clean(text: str) -> str:
    """Replace what Postgres or UTF-8 cannot hold: NUL and lone surrogates."""
    return UNSTORABLE.sub(REPLACEMENT, text)


def _text(value: object, limit: int) -> str | None:
    return clean(value[:limit]) if isinstance(value, str) else None


def _small_integer(value: object) -> int | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return int(value) if 0 <= value < 2**31 else None


def _timestamp(value: object, received_at: str) -> str:
    """The time as RFC 3339 in UTC; `received_at` when it cannot be read or no calendar has it."""
    if not isinstance(value, str):
        return received_at
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return received_at
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC).isoformat(timespec="milliseconds")
    except OverflowError:
        return received_at
