"""A batch of events for one transaction, and what storing it leaves to be done after the commit."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import orjson

from server.queue import QueuedEvent
from server.realtime.events import Push
from server.store.accounts.accounts import LockedAccount
from server.store.messages.messages import InsertedMessage
from server.unipile.events.types import AmendmentEvent, MessageEvent, ReadEvent, ReceiptEvent
from workers.storing.contact_rows import Mention, without_own_name

Key = tuple[int, str]  # account id and the provider's id of a chat or message
AccountPush = tuple[int, Push]  # account id and a push for its listeners

RECEIPT_ORDER = ("delivered", "read")


class ReceivedAmendment(NamedTuple):
    """A reaction, edit or deletion, and the raw body it was read from."""

    event: AmendmentEvent
    raw: Mapping[str, object]


class Batch:
    """The messages (each id once) and receipts (the furthest of each message) of one transaction.

    `is_polled` when it was read from UniPile's store instead of received from webhooks.
    """

    def __init__(self, accounts: Mapping[str, LockedAccount], *, is_polled: bool = False) -> None:
        self._accounts = accounts
        self.is_polled = is_polled
        self.messages: dict[Key, MessageEvent] = {}
        self.receipts: dict[Key, str] = {}
        self.amendments: dict[tuple[Key, str, str], ReceivedAmendment] = {}
        self.read_on_phone: set[Key] = set()
        # Messages from before the account was connected here; they are neither unread nor counted.
        self.history: set[Key] = set()
        # Contacts named by attendee lists and mentions, besides those who write.
        self.mentions: list[Mention] = []
        self._queued: dict[Key, QueuedEvent] = {}

    @property
    def accounts(self) -> Collection[LockedAccount]:
        return self._accounts.values()

    def account_id(self, external_account_id: str) -> int:
        return self._accounts[external_account_id].id

    def add_message(self, event: MessageEvent, queued: QueuedEvent | None = None) -> None:
        """`queued` is the event's entry in the queue, to which it returns if it has to wait for its echo."""
        account = self._accounts[event.external_account_id]
        key = (account.id, event.provider_msg_id)
        self.messages.setdefault(key, _without_own_name(event, account.name))
        if queued is not None:
            self._queued.setdefault(key, queued)
        self.mentions += [Mention(account.id, contact, event.sent_at) for contact in event.mentioned]

    def add_receipt(self, event: ReceiptEvent) -> None:
        key = (self.account_id(event.external_account_id), event.provider_msg_id)
        known = self.receipts.get(key, event.status)
        self.receipts[key] = max(known, event.status, key=RECEIPT_ORDER.index)

    def add_read(self, event: ReadEvent) -> None:
        self.read_on_phone.add((self.account_id(event.external_account_id), event.provider_msg_id))

    def add_amendment(self, event: AmendmentEvent, raw: Mapping[str, object]) -> None:
        message = (self.account_id(event.external_account_id), event.provider_msg_id)
        key = (message, event.kind, event.reactor)
        known = self.amendments.get(key)
        if known is None or _order(event) > _order(known.event):
            self.amendments[key] = ReceivedAmendment(event, raw)

    def drop_message(self, key: Key) -> None:
        """Leave a message out, with its receipt."""
        del self.messages[key]
        self.history.discard(key)
        self.receipts.pop(key, None)

    def delay_message(self, key: Key, max_waits: int) -> bool:
        """Take a message out of the batch; False if it has waited `max_waits` times, and is stored as it is."""
        if self._waits(key) >= max_waits:
            return False
        del self.messages[key]
        return True

    def events_to_requeue(self, delayed: Iterable[Key]) -> list[QueuedEvent]:
        """The queue's entries of delayed messages, each with one wait more; there are none of polled messages."""
        return [
            {**self._queued[key], "waits": self._waits(key) + 1} for key in delayed if key in self._queued
        ]

    def _waits(self, key: Key) -> int:
        queued = self._queued.get(key)
        return 0 if queued is None else int(queued.get("waits", 0))

    def own_messages(self) -> list[tuple[Key, MessageEvent]]:
        return [(key, event) for key, event in self.messages.items() if event.direction == "out"]

    def replies_within(self, fresh: Collection[Key]) -> list[Key]:
        """Which of these new messages quote another of them: the inserting statement could not see it yet."""
        quotes = {key: self.messages[key].quoted for key in fresh}
        return [
            key for key, quoted in quotes.items() if quoted and (key[0], quoted["provider_msg_id"]) in fresh
        ]


def _without_own_name(event: MessageEvent, own_name: str | None) -> MessageEvent:
    """Only the account itself may have the account's name."""
    contact, sender = event.contact, event.sender
    if contact is not None:
        contact = without_own_name(contact, own_name)
    if sender is not None and event.direction == "in":
        sender = without_own_name(sender, own_name)
    if contact is event.contact and sender is event.sender:
        return event
    return replace(event, contact=contact, sender=sender)


def _order(event: AmendmentEvent) -> tuple[str, str]:
    """The latest amendment of its kind wins; of two at the same time the one with the greater content."""
    return event.reported_at, orjson.dumps(event.content).decode()


@dataclass(slots=True)
class StoredBatch:
    """What a stored batch leaves to be done after the commit (see publish.py)."""

    pushes: dict[int, list[Push]] = field(default_factory=lambda: defaultdict(list))
    accounts_to_refresh: set[int] = field(default_factory=set)
    accounts_to_sweep: set[int] = field(default_factory=set)
    chats_to_refresh: set[int] = field(default_factory=set)
    unarchived_chats: set[int] = field(default_factory=set)
    accounts_to_assign: set[int] = field(
        default_factory=set
    )  # a chat without an owner waits to be handed out
    messages_to_read: set[Key] = field(default_factory=set)
    media_to_copy: set[int] = field(default_factory=set)
    chats_to_send: set[int] = field(default_factory=set)  # an echo released the next message of their queue
    counted_accounts: set[int] = field(default_factory=set)  # their payers' usage has risen
    delayed: list[Key] = field(
        default_factory=list
    )  # not stored, while a send of the same chat is in progress
    events_to_requeue: list[QueuedEvent] = field(default_factory=list)
    inserted: list[InsertedMessage] = field(default_factory=list)
    advanced_chats: set[int] = field(default_factory=set)

    def add_pushes(self, pushes: Iterable[AccountPush]) -> None:
        for account_id, push in pushes:
            self.pushes[account_id].append(push)
