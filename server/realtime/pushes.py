"""Builds a push from each kind of row that clients hear of."""

from collections.abc import Iterable
from typing import Literal

from server.realtime.events import CONTACT_EVENT, STATE_EVENT, Push, make_push
from server.store.chats.chats import ChangedChat
from server.store.chats.contacts import ChangedContact
from server.store.messages.changes import Change
from server.store.messages.messages import ChangedMessage, InsertedMessage
from server.store.messages.tombstones import Tombstone

MessageEvent = Literal["message:new", "message:sent", "message:updated"]


def account_push(account_id: int, seq: int, json: str) -> Push:
    return make_push("account:updated", account_id, seq, None, json)


def chat_push(chat: ChangedChat) -> Push:
    return make_push(STATE_EVENT, chat.account_id, chat.seq, chat.id, chat.json)


def chat_pushes(chats: Iterable[ChangedChat]) -> list[Push]:
    return [chat_push(chat) for chat in chats]


def message_push(message: ChangedMessage | InsertedMessage, event: MessageEvent = "message:updated") -> Push:
    return make_push(event, message.account_id, message.seq, message.chat_id, message.json)


def contact_push(contact: ChangedContact) -> Push:
    return make_push(CONTACT_EVENT, contact.account_id, contact.seq, None, contact.json)


def tombstone_push(tombstone: Tombstone) -> Push:
    """Tells clients to drop what was erased."""
    return make_push(tombstone.event, tombstone.account_id, tombstone.seq, tombstone.chat_id, tombstone.json)


def tombstone_pushes(tombstones: Iterable[Tombstone]) -> list[Push]:
    return [tombstone_push(tombstone) for tombstone in tombstones]


def amended_pushes(message: ChangedMessage | None, chat: ChangedChat | None) -> list[Push]:
    """The pushes of an amendment, which may have changed the message, its chat, both or neither."""
    pushes = [] if message is None else [message_push(message)]
    return pushes if chat is None else [*pushes, chat_push(chat)]


def change_push(account_id: int, change: Change) -> Push:
    """A change read from the rows, as it was pushed when it was made."""
    return make_push(change.event, account_id, change.seq, change.chat_id, change.json)
