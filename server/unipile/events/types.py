"""The events that webhooks and UniPile's lists are read into."""

from dataclasses import dataclass
from typing import TypedDict

from server.rules.account_states import Seen
from server.unipile.fields.attachments import Attachment, Quote
from server.unipile.fields.contacts import Contact, ContactRef


class AmendmentContent(TypedDict, total=False):
    """What is new: `body` of an edit; `value`, `provider_id`, `name`, `is_own` of a reaction; empty for a deletion."""

    body: str | None
    value: str | None
    provider_id: str | None
    name: str | None
    is_own: bool


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """A message was received, or sent by the account itself. `chat_kind` is direct, group or channel; `mentioned` are
    the contacts its text mentions; `respelled` are the ids of its chat and sender as sent, where they are stored in
    another spelling. `claimed_at` is the provider's time when that is in the future.
    """

    external_account_id: str
    provider_chat_id: str
    provider_msg_id: str
    chat_address: str | None
    chat_kind: str
    direction: str
    body: str | None
    attachments: list[Attachment]
    quoted: Quote | None
    sender: ContactRef | None
    contact: Contact | None
    is_event: bool
    event_type: int | None
    is_forwarded: bool
    sent_at: str
    claimed_at: str | None = None
    mentioned: tuple[Contact, ...] = ()
    respelled: tuple[str, ...] = ()

    @property
    def chat_title(self) -> str | None:
        """The chat's title as far as this message has it: the contact's name, or that of the channel that posts."""
        who: ContactRef | None = self.contact if self.chat_kind == "direct" else None
        if self.chat_kind == "channel" and self.sender and self.sender["provider_id"] == self.chat_address:
            who = self.sender
        return (who and who["name"]) or None

    @property
    def is_in_own_chat(self) -> bool:
        """Whether `contact` is whom the chat is with, known by an address."""
        return self.chat_kind == "direct" and self.chat_address is not None

    @property
    def quoted_message(self) -> str:
        """The provider's id of the quoted message; '' when there is none or it is unknown."""
        return (self.quoted and self.quoted["provider_msg_id"]) or ""

    @property
    def quoted_sender(self) -> str:
        """The provider's id of the quoted message's sender; '' when unknown."""
        return (self.quoted and self.quoted["sender_id"]) or ""


@dataclass(frozen=True, slots=True)
class ReceiptEvent:
    """One of the account's own messages was delivered or read."""

    external_account_id: str
    provider_msg_id: str
    status: str


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """The account itself read a contact's message, on the phone or another device."""

    external_account_id: str
    provider_msg_id: str


@dataclass(frozen=True, slots=True)
class AmendmentEvent:
    """A message was edited, deleted or reacted to. It is only a reason to read the message again: v1 does not specify
    these bodies (§4.4).

    `reactor` is the provider's id of who reacted, "" for the account itself; `contact` is the same contact with all its
    ids, None for the account itself.
    """

    external_account_id: str
    provider_msg_id: str
    kind: str
    reactor: str
    content: AmendmentContent
    reported_at: str
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """The account's connection changed; `seen` is our reading of `reason`, UniPile's status."""

    external_account_id: str
    seen: Seen
    reason: str


@dataclass(frozen=True, slots=True)
class IgnoredEvent:
    """A kind of event that is not handled: it is stored, not dropped."""

    external_account_id: str
    kind: str


Event = MessageEvent | ReceiptEvent | ReadEvent | AmendmentEvent | StatusEvent | IgnoredEvent
