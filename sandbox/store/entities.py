"""The stored entities, each one row of the archive."""

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.store.ids import PHONE_DOMAIN

Json = dict[str, Any]

SELF = "self"  # the id of the connected account as a sender or reader
DIRECT, GROUP = 0, 1
IDENTITIES = ("lid", "phone", "lid_only", "hidden")


@dataclass(slots=True)
class Account:
    """A WhatsApp account that is connected, or waits for its code to be scanned."""

    id: str
    name: str
    phone_number: str
    created_at: int
    lid: str = ""
    status: str = "CONNECTING"
    linked: bool = False
    kind: str = "WHATSAPP"
    qrcode: str | None = None
    pairing_code: str | None = None
    pairing_number: str | None = None
    qr_issued_at: int = 0
    attempt: int = 0
    stages: list[str] = field(default_factory=list)
    delayed_events: list[Json] = field(default_factory=list)

    @property
    def is_pairing(self) -> bool:
        """Whether a QR code or pairing code is waiting for the phone."""
        return self.qrcode is not None or self.pairing_code is not None

    @property
    def is_ok(self) -> bool:
        """Whether messages flow in both directions."""
        return self.linked and self.status == "OK"


@dataclass(slots=True)
class Contact:
    """A customer and their phone, shared by all accounts; the id is the digits of the phone number.

    The identity is how WhatsApp identifies the contact: "lid" (LID and phone number), "phone" (the
    phone number is the id, as in older accounts), "lid_only" (chat keyed by LID, phone number known),
    "hidden" (no phone number).
    """

    id: str
    name: str
    lid: str
    identity: str = "lid"
    offline: bool = False
    created_at: int = 0
    picture: int = 1  # 0 for none; every other value is a different picture

    @property
    def phone_jid(self) -> str:
        """The JID of the contact's phone number."""
        return self.id + PHONE_DOMAIN

    @property
    def provider_id(self) -> str:
        """The contact's id at WhatsApp."""
        return self.phone_jid if self.identity == "phone" else self.lid

    @property
    def public_identifier(self) -> str | None:
        """The contact's phone JID, if WhatsApp reveals it."""
        return self.phone_jid if self.identity in {"lid", "phone"} else None

    @property
    def chat_provider_id(self) -> str:
        """The provider id of a direct chat with the contact."""
        return self.lid if self.identity in {"lid_only", "hidden"} else self.phone_jid

    @property
    def shown_phone(self) -> str:
        """The phone number in `specifics`."""
        return "hidden" if self.identity == "hidden" else f"+{self.id}"

    @property
    def username(self) -> str | None:
        """What people who hide their phone number are found by."""
        letters = re.sub(r"[^a-z0-9]+", ".", self.name.lower()).strip(".")
        return f"{letters or 'user'}.{self.id[-4:]}" if self.identity == "hidden" else None


@dataclass(slots=True)
class Chat:
    """A chat of one account; `members` are its contacts, without the account."""

    id: str
    account_id: str
    provider_id: str
    kind: int
    name: str | None
    members: list[str]
    created_at: int = 0
    last_at: int | None = None
    unread_count: int = 0
    # Marked as unread by hand, without new messages.
    marked_unread: int = 0
    archived: int = 0
    pinned: int = 0
    muted_until: int | str | None = None
    read_only: int = 0


@dataclass(slots=True)
class Message:
    """A message; `synced` is false while UniPile has not seen it because the account is not OK."""

    id: str
    account_id: str
    chat_id: str
    provider_id: str
    sender: str
    text: str | None
    timestamp: int
    attachments: list[Json] = field(default_factory=list)
    reactions: list[Json] = field(default_factory=list)
    seen_by: dict[str, str] = field(default_factory=dict)
    delivered_to: list[str] = field(default_factory=list)
    quoted_id: str | None = None
    forwarded: bool = False
    seen: int = 0
    delivered: int = 0
    edited: int = 0
    deleted: int = 0
    is_event: int = 0
    event_type: int | None = None
    synced: bool = True
    overrides: Json = field(default_factory=dict)

    @property
    def is_sender(self) -> bool:
        """Whether the connected account sent it."""
        return self.sender == SELF


@dataclass(slots=True)
class Webhook:
    """A registration of POST /webhooks, with the counters of its deliveries."""

    id: str
    request_url: str
    source: str
    name: str | None
    format: str
    enabled: bool
    events: list[str]
    account_ids: list[str]
    headers: list[Json]
    data: list[Json]
    created_at: int
    delivered: int = 0
    failed: int = 0
    lost: int = 0


@dataclass(slots=True)
class Delivery:
    """One event for one webhook, stored while it waits for a retry."""

    id: str
    webhook_id: str
    lane: str
    body: str
    tries: int = 0
    due: float = 0


@dataclass(slots=True)
class HostedLink:
    """A hosted authentication link issued by POST /hosted/accounts/link."""

    id: str
    kind: str
    expires_at: int
    account_id: str | None = None
    name: str | None = None
    notify_url: str | None = None
    success_url: str | None = None
    failure_url: str | None = None
    used: bool = False


@dataclass(slots=True)
class Snapshot:
    """The data that reads return while an account is disconnected from WhatsApp; the id is the account's."""

    id: str
    chats: list[Json]
    messages: list[Json]
    contacts: list[Json]


Entity = Account | Contact | Chat | Message | Webhook | Delivery | HostedLink | Snapshot
