"""Rows of messages: those that callers build, read with `jsonb_to_recordset`, and what is read of a message as JSON."""

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
    # `phone` for what the account's own phone sent; a send of Confab is inserted by `sends`.
    author_kind: NotRequired[str | None]
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


class MessageSender(TypedDict):
    """A sender as a message shows it."""

    provider_id: str
    name: str | None
    phone: str | None


class MessageAuthor(TypedDict):
    """Who wrote an own message, as it is shown; the phone has no name."""

    kind: str
    name: str | None


class ListedMessage(TypedDict):
    """What a table of messages has of MESSAGE_JSON."""

    id: int
    chat_id: int
    sent_at: str
    direction: str
    sender: MessageSender | None
    author: MessageAuthor | None
    status: str
    body: str | None
    attachments: list[dict[str, object]]
    deleted_at: str | None
