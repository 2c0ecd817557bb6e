"""The things the sandbox remembers, each one row of its archive."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.ids import PHONE_DOMAIN

Json = dict[str, Any]

SELF = "self"  # who wrote or reacted, when it was the connected account
DIRECT, GROUP = 0, 1
IDENTITIES = ("lid", "phone", "lid_only", "hidden")


@dataclass(slots=True)
class Account:
    """A WhatsApp number that is connected, or waits for its QR code to be scanned."""

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
        """Tell whether a code of either kind waits for the phone."""
        return self.qrcode is not None or self.pairing_code is not None

    @property
    def is_ok(self) -> bool:
        """Tell whether messages flow in both directions."""
        return self.linked and self.status == "OK"


@dataclass(slots=True)
class Contact:
    """A customer and their phone; one for all accounts, known by the digits of its number.

    The identity says how WhatsApp shows the person: "lid" (LID and number), "phone" (the number is
    the id, as in older accounts), "lid_only" (chat keyed by LID, number known), "hidden" (no number).
    """

    id: str
    name: str
    lid: str
    identity: str = "lid"
    offline: bool = False
    created_at: int = 0
    picture: int = 1  # which one the person has set: 0 for none, another number for another picture

    @property
    def phone_jid(self) -> str:
        """The address of the person's number."""
        return self.id + PHONE_DOMAIN

    @property
    def provider_id(self) -> str:
        """What WhatsApp calls the person."""
        return self.phone_jid if self.identity == "phone" else self.lid

    @property
    def public_identifier(self) -> str | None:
        """The person's phone JID, when WhatsApp reveals it."""
        return self.phone_jid if self.identity in {"lid", "phone"} else None

    @property
    def chat_provider_id(self) -> str:
        """What a one-to-one chat with the person is called."""
        return self.lid if self.identity in {"lid_only", "hidden"} else self.phone_jid

    @property
    def shown_phone(self) -> str:
        """The number as `specifics` tells it."""
        return "hidden" if self.identity == "hidden" else f"+{self.id}"


@dataclass(slots=True)
class Chat:
    """A conversation of one account; `members` are the contacts in it, without the account."""

    id: str
    account_id: str
    provider_id: str
    kind: int
    name: str | None
    members: list[str]
    created_at: int = 0
    last_at: int | None = None
    unread_count: int = 0
    # Marked as unread by hand, with nothing new in it.
    marked_unread: int = 0
    archived: int = 0
    pinned: int = 0
    muted_until: int | str | None = None
    read_only: int = 0


@dataclass(slots=True)
class Message:
    """One message; `synced` is false while UniPile has not seen it because the account is away."""

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
        """Tell whether the connected account wrote it."""
        return self.sender == SELF


@dataclass(slots=True)
class Webhook:
    """A registration made with POST /webhooks, and how its deliveries went."""

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
    """One event on its way to one webhook, kept while it waits for another try."""

    id: str
    webhook_id: str
    lane: str
    body: str
    tries: int = 0
    due: float = 0


@dataclass(slots=True)
class HostedLink:
    """A hosted authentication page handed out by POST /hosted/accounts/link."""

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
    """What UniPile still answers for an account while it hears nothing of WhatsApp; the id is the account's."""

    id: str
    chats: list[Json]
    messages: list[Json]
    contacts: list[Json]


Entity = Account | Contact | Chat | Message | Webhook | Delivery | HostedLink | Snapshot
