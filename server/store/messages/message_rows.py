"""Rows that callers build for statements about messages; each statement reads them with `jsonb_to_recordset`."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict


class MessageKey(TypedDict):
    """A message by the provider's id of it."""

    account_id: int
    provider_msg_id: str


class NewMessage(TypedDict):
    """A message to insert if it is not stored yet; times are RFC 3339. `chat_id` is None only for a message that is
    stored already.
    """

    account_id: int
    chat_id: int | None
    provider_msg_id: str
    direction: str
    status: str
    body: str | None
    attachments: Sequence[Mapping[str, object]]
    sender: Mapping[str, object] | None
    quoted: Mapping[str, object] | None
    is_event: bool
    event_type: NotRequired[int | None]
    is_forwarded: NotRequired[bool]
    is_history: NotRequired[bool]
    sent_at: str
    claimed_at: NotRequired[str | None]


class NewReceipt(TypedDict):
    """The tick that a webhook reported for a message: `delivered` or `read`."""

    account_id: int
    provider_msg_id: str
    status: str


class NewAmendment(TypedDict):
    """A reaction, edit or deletion that a webhook reported; `person` is who reacted, "" for the account itself."""

    account_id: int
    provider_msg_id: str
    kind: str
    person: str
    content: Mapping[str, object]
    told_at: str


class Echo(TypedDict):
    """A message of our own that UniPile reported; `is_read` when it was read from UniPile's store, not a webhook."""

    account_id: int
    chat_id: int | None
    provider_msg_id: str
    body: str | None
    attachments: Sequence[Mapping[str, object]]
    sent_at: str
    is_read: NotRequired[bool]
