"""Reads one webhook body into an event."""

from collections.abc import Mapping
from typing import cast

from server.text.graphemes import cut
from server.unipile.events.accounts import read_status
from server.unipile.events.amendments import AMENDMENTS, read_amendment
from server.unipile.events.messages import read_message_event
from server.unipile.events.receipts import RECEIPTS, read_receipt
from server.unipile.events.types import Event, IgnoredEvent
from server.unipile.fields import jids
from server.unipile.fields.addresses import address
from server.unipile.fields.texts import clean, identifier

Body = Mapping[str, object]


def account_of(body: Body) -> str | None:
    """The account id of a webhook body of either kind; None when it has none."""
    nested = body.get("AccountStatus")
    value = nested.get("account_id") if isinstance(nested, dict) else body.get("account_id")
    return value if isinstance(value, str) and value else None


def parse_event(body: Body, received_at: str) -> Event:
    """Read one webhook body leniently; raises UnusableEventError when an id is missing or invalid.

    `received_at` (RFC 3339) replaces a timestamp that is missing or unreadable.
    """
    status = body.get("AccountStatus")
    if isinstance(status, dict):
        return read_status(cast(dict[str, object], status))
    kind = body.get("event") or "message_received"
    if jids.kind_of(address(body.get("provider_chat_id"))) == jids.BROADCAST:
        # A status or a broadcast list is not a conversation: it cannot be replied to.
        return IgnoredEvent(identifier(body, "account_id"), f"{clean(str(kind))[:80]}:broadcast")
    if kind == "message_received":
        return read_message_event(body, received_at)
    if isinstance(kind, str) and kind in RECEIPTS:
        return read_receipt(body, kind)
    if isinstance(kind, str) and kind in AMENDMENTS:
        return read_amendment(body, AMENDMENTS[kind], received_at)
    return IgnoredEvent(identifier(body, "account_id"), cut(clean(str(kind)), 100))
