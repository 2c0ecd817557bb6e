"""The rows that a batch becomes, as the statements of server/store read them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import orjson

from server.store.chats.chat_rows import ChatAdvance, ContactReport, WantedChat
from server.store.chats.chats import KnownChat
from server.store.chats.flags import preview_of
from server.store.messages.message_rows import Echo, MessageKey, NewAmendment, NewMessage, NewReceipt
from server.store.messages.messages import InsertedMessage
from server.unipile.events.types import MessageEvent
from workers.storing.batch import Batch, Key
from workers.storing.contact_rows import Mention, contact_rows, without_own_name

KnownChats = Mapping[Key, KnownChat]


def key_of(message: InsertedMessage) -> Key:
    return message.account_id, message.provider_msg_id


def key_rows(keys: Iterable[Key]) -> list[MessageKey]:
    return [{"account_id": account_id, "provider_msg_id": message_id} for account_id, message_id in keys]


def contact_reports(batch: Batch) -> list[ContactReport]:
    """One row for each contact that messages, reactions, mentions and attendee lists name."""
    names = {account.id: account.name for account in batch.accounts}
    return contact_rows(_mentions(batch, names))


def _mentions(batch: Batch, own_names: Mapping[int, str | None]) -> Iterator[Mention]:
    for mention in batch.mentions:
        contact = without_own_name(mention.contact, own_names[mention.account_id])
        yield mention._replace(contact=contact)
    for (account_id, _), event in batch.messages.items():
        if event.contact is not None:
            yield Mention(account_id, event.contact, event.sent_at, event.is_in_own_chat)
    for ((account_id, _), _, _), (amendment, _) in batch.amendments.items():
        if amendment.contact is not None:
            contact = without_own_name(amendment.contact, own_names[account_id])
            yield Mention(account_id, contact, amendment.reported_at)


def chat_rows(batch: Batch) -> list[WantedChat]:
    """One row a chat with its messages' ids. If events disagree on its kind, any kind but direct wins."""
    rows: dict[Key, WantedChat] = {}
    messages: dict[Key, list[str]] = {}
    for (account_id, message_id), event in batch.messages.items():
        key = (account_id, event.provider_chat_id)
        row = rows.get(key)
        if row is None:
            messages[key] = []
            rows[key] = {
                "account_id": account_id,
                "provider_chat_id": event.provider_chat_id,
                "address": event.chat_address,
                "kind": event.chat_kind,
                "messages": messages[key],
            }
        elif _certainty(event.chat_kind, event.chat_address) > _certainty(row["kind"], row["address"]):
            row["kind"], row["address"] = event.chat_kind, event.chat_address
        messages[key].append(message_id)
    return list(rows.values())


def _certainty(kind: str, address: str | None) -> tuple[bool, bool]:
    return kind != "direct", address is not None


def apply_known_kinds(batch: Batch, known_chats: KnownChats) -> None:
    """An event that does not say its chat is a group must not make it a direct chat, nor name it after a contact."""
    for key, event in batch.messages.items():
        chat = known_chats.get((key[0], event.provider_chat_id))
        if chat and event.chat_kind == "direct" != chat.kind:
            batch.messages[key] = replace(event, chat_kind=chat.kind)


def chats_to_correct(
    rows: Iterable[WantedChat], known_chats: KnownChats, fresh: Collection[Key]
) -> list[WantedChat]:
    """The rows with a new message that disagree with the stored chat; a duplicate corrects nothing."""
    wrong = []
    for row in rows:
        chat = known_chats.get((row["account_id"], row["provider_chat_id"]))
        is_wrong = chat and (
            chat.kind != row["kind"] or (chat.address is None and row["address"] is not None)
        )
        if is_wrong and any((row["account_id"], message_id) in fresh for message_id in row["messages"]):
            wrong.append(row)
    return wrong


def chat_of(known_chats: KnownChats, account_id: int, event: MessageEvent) -> int | None:
    """None where UniPile reports a stored message again, in a chat that is not stored."""
    chat = known_chats.get((account_id, event.provider_chat_id))
    return chat and chat.id


def message_rows(batch: Batch, known_chats: KnownChats) -> list[NewMessage]:
    return [
        {
            "account_id": account_id,
            "chat_id": chat_of(known_chats, account_id, event),
            "provider_msg_id": message_id,
            "direction": event.direction,
            # A receipt in the same batch need not be a second change.
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
            "author_kind": _author_kind(event, is_history=(account_id, message_id) in batch.history),
            "sent_at": event.sent_at,
            "claimed_at": event.claimed_at,
        }
        for (account_id, message_id), event in batch.messages.items()
    ]


def _author_kind(event: MessageEvent, *, is_history: bool) -> str | None:
    """Of an own message that is no send of Confab. History may have been sent by any program in its time."""
    return "phone" if event.direction == "out" and not is_history else None


def echo_rows(batch: Batch, known_chats: KnownChats) -> list[Echo]:
    return [
        {
            "account_id": key[0],
            "chat_id": chat_of(known_chats, key[0], event),
            "provider_msg_id": key[1],
            "body": event.body,
            "attachments": event.attachments,
            "sent_at": event.sent_at,
            "is_read": batch.is_polled,
        }
        for key, event in batch.own_messages()
    ]


def receipt_rows(batch: Batch) -> list[NewReceipt]:
    return [
        {"account_id": account_id, "provider_msg_id": message_id, "status": status}
        for (account_id, message_id), status in batch.receipts.items()
    ]


def amendment_rows(batch: Batch) -> list[NewAmendment]:
    return [
        {
            "account_id": account_id,
            "provider_msg_id": event.provider_msg_id,
            "kind": event.kind,
            "person": event.reactor,
            "content": event.content,
            "told_at": event.reported_at,
        }
        for ((account_id, _), _, _), (event, _) in batch.amendments.items()
    ]


def chat_advance(chat_id: int, stored: Sequence[tuple[MessageEvent, InsertedMessage]]) -> ChatAdvance:
    """What stored messages of one chat change about it: its newest message, its title, how many arrived unread."""
    advance: ChatAdvance = {
        "account_id": stored[0][1].account_id,
        "chat_id": chat_id,
        "arrived": sum(message.is_countable for _, message in stored),
        # History that turns out to be new may have been read long ago.
        "recounts": any(message.was_history for _, message in stored),
    }
    listed = [(event, message) for event, message in stored if message.is_listed]
    if listed:
        newest, message = max(listed, key=lambda pair: (pair[0].sent_at, pair[0].provider_msg_id))
        advance["message_id"] = message.id
        advance["sent_at"] = newest.sent_at
        advance["message_key"] = newest.provider_msg_id
        advance["preview"] = preview_of(newest.body, newest.attachments)
    waiting = [(event.sent_at, arrived_seq(message)) for event, message in stored if message.is_countable]
    if waiting:
        advance["waiting_at"] = min(waiting)[0]
        advance["waiting_seq"] = min(seq for _, seq in waiting)
    titles = [(event.sent_at, event.chat_title) for event, _ in stored if event.chat_title]
    if titles:
        advance["titled_at"], advance["title"] = max(titles)
    phoned = [
        event.sent_at
        for event, _ in stored
        if event.is_in_own_chat and event.contact and event.contact["phone"]
    ]
    if phoned:
        advance["phoned_at"] = max(phoned)
    return advance


def arrived_seq(message: InsertedMessage) -> int:
    """Where it is in the order of arrival; history that is new has changed since it was inserted."""
    return int(orjson.loads(message.json)["arrived_seq"]) if message.was_history else message.seq


def chats_to_refresh(batch: Batch, known_chats: KnownChats) -> set[int]:
    """Chats whose name neither an event nor a row has: groups, and contacts who hide theirs. A group with a system
    event is read again, as its name may have changed.
    """
    wanted = set()
    for (account_id, _), event in batch.messages.items():
        chat = known_chats.get((account_id, event.provider_chat_id))
        if chat is None:
            continue
        if (not chat.is_titled and not event.chat_title) or (event.is_event and event.chat_kind != "direct"):
            wanted.add(chat.id)
    return wanted


def media_to_copy(batch: Batch, stored: Iterable[InsertedMessage]) -> set[int]:
    """Which of these stored messages have an attachment that is still to be copied."""
    return {
        message.id
        for message in stored
        if any(attachment["state"] == "waiting" for attachment in batch.messages[key_of(message)].attachments)
    }
