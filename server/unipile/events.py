"""Reads UniPile's webhook bodies into our own events (unipile-api.md §3, §4); knows no database, no queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.rules.account_states import Seen
from server.text.graphemes import cut, is_blank
from server.text.names import is_same
from server.unipile import jids
from server.unipile.fields import (
    MAX_REACTION_LENGTH,
    MAX_TEXT_LENGTH,
    address,
    attachments,
    contact_of,
    identifier,
    known_contact,
    mentions,
    quoted,
    raw_id,
    sent_times,
    spelled,
    text,
    timestamp,
)
from server.unipile.plain import clean
from server.unipile.readers import is_account, is_read_by_account, tick_of
from server.unipile.scalars import flag, provided_flag, small_integer
from server.unipile.system_texts import system_text

# unipile-api.md §3: what an account-status message means for a connected number.
STATUSES: Mapping[str, Seen] = {
    "OK": Seen.WORKS,
    "SYNC_SUCCESS": Seen.WORKS,
    "RECONNECTED": Seen.WORKS,
    "CREATION_SUCCESS": Seen.LINKED,
    "CONNECTING": Seen.MENDING,
    "CREDENTIALS": Seen.SIGNED_OUT,
    "PERMISSIONS": Seen.NOT_ALLOWED,
    "ERROR": Seen.BROKEN,
    "STOPPED": Seen.BROKEN,
    "DELETED": Seen.REMOVED,
}
# unipile-api.md §4.4: webhook event -> what happened to a message that was there.
AMENDMENTS: Mapping[str, str] = {
    "message_reaction": "reaction",
    "message_edited": "edited",
    "message_deleted": "deleted",
}
# Webhook event -> how far the tick moves.
RECEIPTS: Mapping[str, str] = {"message_delivered": "delivered", "message_read": "read"}


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """A message came in or was written by the account itself; `chat_kind` is direct, group or channel. `mentioned` are
    people that its text names; `spelled` are the ids of its chat and sender as told, where another spelling is kept.
    """

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
    is_forwarded: bool
    sent_at: str
    # What UniPile says, where that is still to come.
    claimed_at: str | None = None
    mentioned: tuple[dict[str, Any], ...] = ()
    spelled: tuple[str, ...] = ()

    @property
    def told_title(self) -> str | None:
        """What a message says that its chat is called: by the other person, or by the channel that posts."""
        who = self.contact if self.chat_kind == "direct" else None
        if self.chat_kind == "channel" and self.sender and self.sender["provider_id"] == self.chat_address:
            who = self.sender
        return (who and who["name"]) or None

    @property
    def quoted_message(self) -> str:
        """The message that is answered; '' where there is none, or nobody says which."""
        return (self.quoted and self.quoted["provider_msg_id"]) or ""

    @property
    def quoted_person(self) -> str:
        """Whose it was; '' where nobody says."""
        return (self.quoted and self.quoted["sender_id"]) or ""


@dataclass(frozen=True, slots=True)
class ReceiptEvent:
    """One of our messages was delivered or read."""

    external_account_id: str
    provider_msg_id: str
    status: str


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """The account itself read a message of a contact, on the phone or another device."""

    external_account_id: str
    provider_msg_id: str


@dataclass(frozen=True, slots=True)
class AmendmentEvent:
    """Something happened to a message after it was written. Only a hint: v1 does not fix these bodies (§4.4).

    `person` is who reacted, "" for the account itself; `content` has what is new: value, name, is_own or body.
    `contact` is the same person with all their names, None for the account itself.
    """

    external_account_id: str
    provider_msg_id: str
    kind: str
    person: str
    content: dict[str, Any]
    told_at: str
    contact: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """The account's connection changed; `seen` is ours, `reason` UniPile's word."""

    external_account_id: str
    seen: Seen
    reason: str


@dataclass(frozen=True, slots=True)
class IgnoredEvent:
    """A kind we do not handle yet: it is kept, not dropped."""

    external_account_id: str
    kind: str


Event = MessageEvent | ReceiptEvent | ReadEvent | AmendmentEvent | StatusEvent | IgnoredEvent


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
    if jids.kind_of(address(body.get("provider_chat_id"))) == jids.BROADCAST:
        # A status or a broadcast list: no conversation that anybody could answer.
        return IgnoredEvent(identifier(body, "account_id"), f"{clean(str(kind))[:80]}:broadcast")
    if kind == "message_received":
        return _message_event(body, received_at)
    if isinstance(kind, str) and kind in RECEIPTS:
        return _receipt_event(body, RECEIPTS[kind])
    if isinstance(kind, str) and kind in AMENDMENTS:
        return _amendment_event(body, AMENDMENTS[kind], received_at)
    return IgnoredEvent(identifier(body, "account_id"), cut(clean(str(kind)), 100))


def _status_event(status: Mapping[str, Any]) -> Event:
    account, reason = identifier(status, "account_id"), cut(clean(str(status.get("message"))), 100)
    known = STATUSES.get(reason)
    return StatusEvent(account, known, reason) if known else IgnoredEvent(account, f"account_status:{reason}")


def _receipt_event(body: Mapping[str, Any], status: str) -> Event:
    account = identifier(body, "account_id")
    if provided_flag(body.get("is_sender")) is False:
        # The reading of an inbound message ticks nothing of ours. WhatsApp tells the account of its own reading only; a
        # server that names another reader is not believed.
        if status == "read" and is_read_by_account(body):
            return ReadEvent(account, identifier(body, "message_id"))
        return IgnoredEvent(account, f"{body['event']}:inbound")
    moved = tick_of(body) if status == "read" else status
    if moved is None:
        return IgnoredEvent(account, f"{body['event']}:own")
    return ReceiptEvent(account, identifier(body, "message_id"), moved)


def _amendment_event(body: Mapping[str, Any], kind: str, received_at: str) -> AmendmentEvent:
    who, content = "", {}
    if kind == "edited":
        content = {"body": text(body.get("message"), MAX_TEXT_LENGTH)}
    elif kind == "reaction":
        who, content = _reaction(body)
    return AmendmentEvent(
        external_account_id=identifier(body, "account_id"),
        provider_msg_id=identifier(body, "message_id"),
        kind=kind,
        person=who,
        content=content,
        told_at=timestamp(received_at, received_at),
        contact=known_contact(body.get("reaction_sender")) if who else None,
    )


def _reaction(body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Who reacted and how; an empty value takes the reaction back, no value at all says nothing."""
    who = contact_of(body.get("reaction_sender"))
    value = text(body.get("reaction"), MAX_REACTION_LENGTH) if who is not None else None
    if value and is_blank(value):
        value = ""
    is_own = who is not None and is_account(body, who)
    content = {
        "value": value,
        "provider_id": who["provider_id"] if who else None,
        "name": who["name"] if who else None,
        "is_own": is_own,
    }
    return ("" if is_own or who is None else who["provider_id"]), content


def _message_event(body: Mapping[str, Any], received_at: str) -> MessageEvent:
    sent_at, claimed_at = sent_times(body.get("timestamp"), received_at)
    is_own = flag(body.get("is_sender"))
    sender = contact_of(body.get("sender"))
    place = address(body.get("provider_chat_id"))
    kind = jids.kind_of(place) or ("group" if flag(body.get("is_group")) else "direct")
    is_event = flag(body.get("is_event"))
    event_type = small_integer(body.get("event_type"))
    written = text(body.get("message"), MAX_TEXT_LENGTH)
    return MessageEvent(
        external_account_id=identifier(body, "account_id"),
        provider_chat_id=identifier(body, "chat_id"),
        provider_msg_id=identifier(body, "message_id"),
        chat_address=place,
        chat_kind=kind,
        direction="out" if is_own else "in",
        body=system_text(event_type, sender, is_own=is_own) if is_event and not written else written,
        attachments=attachments(body.get("attachments")),
        quoted=quoted(body.get("quoted"), body.get("reply_to")),
        sender=sender,
        contact=_contact(body, kind, place, is_own=is_own),
        is_event=is_event,
        event_type=event_type,
        is_forwarded=flag(body.get("is_forwarded")),
        sent_at=sent_at,
        claimed_at=claimed_at,
        mentioned=mentions(body.get("mentions")),
        spelled=spelled(body.get("provider_chat_id"), raw_id(body.get("sender"))),
    )


def _contact(body: Mapping[str, Any], kind: str, place: str | None, *, is_own: bool) -> dict[str, Any] | None:
    """Whom of our contacts a message is about. What somebody writes in a direct chat comes from its address."""
    if not is_own:
        return known_contact(body.get("sender"), place=place if kind == "direct" else None)
    return _other_side(body) if kind == "direct" else None


def _other_side(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """In a direct chat the one attendee who is not the account, which lists may or may not name (§4.2)."""
    attendees = body.get("attendees")
    people = [known_contact(item) for item in attendees] if isinstance(attendees, list) else []
    own = contact_of(body.get("sender"))
    others = [p for p in people if p is not None and (own is None or p["provider_id"] != own["provider_id"])]
    others = [p for p in others if not is_account(body, p)]
    if len(others) != 1:
        return None
    # A contact told under the account's own name is a mistake of the list's.
    is_mistaken = own is not None and is_same(others[0]["name"], own["name"])
    return others[0] | {"name": None} if is_mistaken else others[0]
