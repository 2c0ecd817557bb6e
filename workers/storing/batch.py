"""Events gathered for one transaction, each message once, and the rows they become."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import orjson

from server.store.accounts.accounts import LockedAccount
from server.store.chats.chats import KnownChat
from server.store.chats.flags import preview_of
from server.store.messages.messages import InsertedMessage
from server.unipile.events import AmendmentEvent, MessageEvent, ReadEvent, ReceiptEvent
from workers.storing.contact_rows import Mentioned, as_other, contact_rows

Key = tuple[int, str]  # account id and the provider's id of a chat or message

RECEIPT_ORDER = ("delivered", "read")


class Batch:
    """The messages (each id once) and receipts (the furthest of each message) of one transaction."""

    def __init__(self, accounts: Mapping[str, LockedAccount], provider: str) -> None:
        self._accounts = accounts
        self.provider = provider
        self.messages: dict[Key, MessageEvent] = {}
        self.receipts: dict[Key, str] = {}
        self.amendments: dict[tuple[Key, str, str], AmendmentEvent] = {}
        self.read_on_phone: set[Key] = set()
        self.held_back: list[dict[str, Any]] = []
        self.to_read: set[Key] = set()
        # Messages from before the number was connected here, which are neither unread nor counted.
        self.history: set[Key] = set()
        # Whether this was read from UniPile's store and not told by webhooks.
        self.is_read = False
        self.inserted: list[InsertedMessage] = []
        self.counted: set[int] = set()  # the accounts whose owners' counters were raised
        self.media_to_copy: set[int] = set()
        self.chats_to_send: set[int] = set()  # an echo has freed the next message
        # Told of by lists and mentions, beside those who write.
        self.people: list[Mentioned] = []
        self.chats_told: set[int] = set()
        self._raw: dict[Key, dict[str, Any]] = {}
        self.raw_amendments: dict[int, dict[str, Any]] = {}  # by the id() of the event that was read from it

    @property
    def accounts(self) -> Collection[LockedAccount]:
        return self._accounts.values()

    def drop_message(self, key: Key) -> None:
        """It is not to be stored."""
        del self.messages[key]
        self.history.discard(key)
        self.receipts.pop(key, None)

    def add_message(self, event: MessageEvent, raw: dict[str, Any]) -> None:
        account = self._accounts[event.external_account_id]
        key = (account.id, event.provider_msg_id)
        self.messages.setdefault(key, _sort_out(event, account.name))
        self._raw.setdefault(key, raw)
        self.people += [(key[0], who, event.sent_at) for who in event.mentioned]

    def add_receipt(self, event: ReceiptEvent) -> None:
        key = (self.account_id(event.external_account_id), event.provider_msg_id)
        known = self.receipts.get(key, event.status)
        self.receipts[key] = max(known, event.status, key=RECEIPT_ORDER.index)

    def add_read(self, event: ReadEvent) -> None:
        self.read_on_phone.add((self.account_id(event.external_account_id), event.provider_msg_id))

    def add_amendment(self, event: AmendmentEvent, raw: dict[str, Any]) -> None:
        self.raw_amendments[id(event)] = raw
        key = (self.account_id(event.external_account_id), event.provider_msg_id)
        known = self.amendments.setdefault((key, event.kind, event.person), event)
        if (event.told_at, _as_text(event)) > (known.told_at, _as_text(known)):
            self.amendments[key, event.kind, event.person] = event

    def account_id(self, external_account_id: str) -> int:
        return self._accounts[external_account_id].id

    def owner_of(self, account_id: int) -> int:
        return next(a.user_id for a in self._accounts.values() if a.id == account_id)

    def note_media(self, stored: Iterable[InsertedMessage]) -> None:
        """Remember which of these stored messages brought something that has to be copied."""
        for message in stored:
            event = self.messages[(message.account_id, message.provider_msg_id)]
            if any(attachment["state"] == "waiting" for attachment in event.attachments):
                self.media_to_copy.add(message.id)

    def answers_within(self, fresh: Collection[Key]) -> list[Key]:
        """Which of these new messages quote another of them: their statement could not see it yet."""
        quotes = {key: self.messages[key].quoted for key in fresh}
        return [
            key for key, quoted in quotes.items() if quoted and (key[0], quoted["provider_msg_id"]) in fresh
        ]

    def own_messages(self) -> list[tuple[Key, MessageEvent]]:
        return [(key, event) for key, event in self.messages.items() if event.direction == "out"]

    def take_out(self, key: Key, limit: int) -> bool:
        """Hold a message back for a later job; False when it has waited long enough and is stored as it is."""
        raw = self._raw[key]
        waits = int(raw.get("waits", 0)) + 1
        if waits > limit:
            return False
        self.held_back.append({**raw, "waits": waits})
        del self.messages[key]
        return True


def _sort_out(event: MessageEvent, own_name: str | None) -> MessageEvent:
    """Nobody but the account bears its name."""
    contact = as_other(event.contact, own_name)
    sender = event.sender if event.direction == "out" else as_other(event.sender, own_name)
    if contact is event.contact and sender is event.sender:
        return event
    return replace(event, contact=contact, sender=sender)


def key_rows(keys: Iterable[Key]) -> list[dict[str, Any]]:
    return [{"account_id": account_id, "provider_msg_id": message_id} for account_id, message_id in keys]


def chat_change(chat_id: int, events: list[tuple[MessageEvent, InsertedMessage]]) -> dict[str, Any]:
    """What stored messages of one chat mean for it: its newest message, its title, how many arrived unread."""
    stored = [message for _, message in events]
    shown = [(event, message) for event, message in events if message.is_listed]
    change: dict[str, Any] = {"account_id": stored[0].account_id, "chat_id": chat_id}
    change["arrived"] = sum(message.is_countable for message in stored)
    # History that turns out to be news may have been read long ago.
    change["recounts"] = any(message.is_news for message in stored)
    if shown:
        newest, message = max(shown, key=lambda pair: (pair[0].sent_at, pair[0].provider_msg_id))
        change |= {
            "message_id": message.id,
            "sent_at": newest.sent_at,
            "message_key": newest.provider_msg_id,
            "preview": preview_of(newest.body, newest.attachments),
        }
    titled = [(event.sent_at, event.told_title) for event, _ in events if event.told_title]
    if titled:
        titled_at, title = max(titled)
        change |= {"title": title, "titled_at": titled_at}
    return change


def untitled(batch: Batch, known_chats: Mapping[Key, KnownChat]) -> set[int]:
    """Chats whose name no event told and we do not have: groups, and people who hide theirs. A group with a system
    event is asked again: it may have another name.
    """
    wanted = set()
    for (account_id, _), event in batch.messages.items():
        chat = known_chats.get((account_id, event.provider_chat_id))
        if chat is None:
            continue
        if (not chat.is_titled and not event.told_title) or (event.is_event and event.chat_kind != "direct"):
            wanted.add(chat.id)
    return wanted


def chat_rows(batch: Batch) -> list[dict[str, Any]]:
    """One row a chat with its messages' ids; of several words about its kind any but direct counts."""
    rows: dict[Key, dict[str, Any]] = {}
    for (account_id, message_id), event in batch.messages.items():
        key = (account_id, event.provider_chat_id)
        told = _chat_row(account_id, event)
        known = rows.setdefault(key, {**told, "messages": []})
        known["messages"].append(message_id)
        if _sureness(told) > _sureness(known):
            known |= told
    return list(rows.values())


def _chat_row(account_id: int, event: MessageEvent) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "provider_chat_id": event.provider_chat_id,
        "address": event.chat_address,
        "kind": event.chat_kind,
    }


def _sureness(row: Mapping[str, Any]) -> tuple[bool, bool]:
    return row["kind"] != "direct", row["address"] is not None


def take_known_kinds(batch: Batch, known_chats: Mapping[Key, KnownChat]) -> None:
    """An event that does not say that its chat is a group does not make it a person's, nor give it their name."""
    for key, event in batch.messages.items():
        chat = known_chats.get((key[0], event.provider_chat_id))
        if chat and event.chat_kind == "direct" != chat.kind:
            batch.messages[key] = replace(event, chat_kind=chat.kind)


def doubted_chats(
    rows: Iterable[dict[str, Any]], known_chats: Mapping[Key, KnownChat]
) -> list[dict[str, Any]]:
    """The rows that say something else of a chat than is known of it."""
    doubted = []
    for row in rows:
        chat = known_chats.get((row["account_id"], row["provider_chat_id"]))
        if chat and (chat.kind != row["kind"] or (chat.address is None and row["address"] is not None)):
            doubted.append(row)
    return doubted


def mentioned_rows(batch: Batch) -> list[dict[str, Any]]:
    """One row a person of those whom messages, reactions and lists of people tell of."""
    told: list[Mentioned] = list(batch.people)
    for (account_id, _), event in batch.messages.items():
        if event.contact is not None:
            told.append((account_id, event.contact, event.sent_at))
    for ((account_id, _), _, _), amendment in batch.amendments.items():
        if amendment.contact is not None:
            told.append((account_id, amendment.contact, amendment.told_at))
    names = {account.id: account.name for account in batch.accounts}
    return contact_rows((a, as_other(who, names[a]) or who, at) for a, who, at in told)


def message_rows(batch: Batch, known_chats: Mapping[Key, KnownChat]) -> list[dict[str, Any]]:
    return [
        {
            "account_id": account_id,
            "chat_id": chat_of(known_chats, account_id, event),
            "provider_msg_id": message_id,
            "direction": event.direction,
            # A tick of the same batch need not be a second change.
            "status": "received"
            if event.direction == "in"
            else batch.receipts.get((account_id, message_id), "sent"),
            "body": event.body,
            "attachments": event.attachments,
            "sender": event.sender,
            "quoted": event.quoted,
            "is_event": event.is_event,
            "event_type": event.event_type,
            "is_forwarded": event.is_forwarded,
            "is_history": (account_id, message_id) in batch.history,
            "sent_at": event.sent_at,
            "claimed_at": event.claimed_at,
        }
        for (account_id, message_id), event in batch.messages.items()
    ]


def chat_of(known_chats: Mapping[Key, KnownChat], account_id: int, event: MessageEvent) -> int | None:
    """None where UniPile tells a message that is stored once more, in a chat that is not."""
    chat = known_chats.get((account_id, event.provider_chat_id))
    return chat and chat.id


def _as_text(event: AmendmentEvent) -> str:
    return orjson.dumps(event.content).decode()


def amendment_row(account_id: int, event: AmendmentEvent) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "provider_msg_id": event.provider_msg_id,
        "kind": event.kind,
        "person": event.person,
        "content": event.content,
        "told_at": event.told_at,
    }
