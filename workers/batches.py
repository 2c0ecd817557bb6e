"""One batch of messages and ticks on its way into the rows: what belongs together is gathered, then stored in sets."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from aiopg import Cursor

from server import metrics
from server.realtime.events import Push, make_push
from server.store import chats, contacts, messages, outbox, usage
from server.store.accounts import LockedAccount
from server.store.chats import PREVIEW_LENGTH, KnownChat
from server.store.messages import ChangedMessage, InsertedMessage
from server.unipile.events import MessageEvent, ReceiptEvent

Key = tuple[int, str]  # account id and the provider's id of a chat or message

NEVER = "-infinity"
RECEIPT_ORDER = ("delivered", "read")


class Batch:
    """The messages (each id once) and receipts (the furthest of each message) of one transaction."""

    def __init__(self, accounts: Mapping[str, LockedAccount], provider: str) -> None:
        self._accounts = accounts
        self.provider = provider
        self.messages: dict[Key, MessageEvent] = {}
        self.receipts: dict[Key, str] = {}
        self.held_back: list[dict[str, Any]] = []
        self._raw: dict[Key, dict[str, Any]] = {}

    def add_message(self, event: MessageEvent, raw: dict[str, Any]) -> None:
        key = (self.account_id(event.external_account_id), event.provider_msg_id)
        self.messages.setdefault(key, event)
        self._raw.setdefault(key, raw)

    def add_receipt(self, event: ReceiptEvent) -> None:
        key = (self.account_id(event.external_account_id), event.provider_msg_id)
        known = self.receipts.get(key, event.status)
        self.receipts[key] = max(known, event.status, key=RECEIPT_ORDER.index)

    def account_id(self, external_account_id: str) -> int:
        return self._accounts[external_account_id].id

    def owner_of(self, account_id: int) -> int:
        return next(a.user_id for a in self._accounts.values() if a.id == account_id)

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


async def store_messages(
    cursor: Cursor, batch: Batch, pushes: dict[int, list[Push]], chats_to_refresh: set[int], max_waits: int
) -> None:
    """Everything a batch says about messages, chats, contacts and usage; the accounts are locked."""
    if batch.messages:
        known_chats = await chats.ensure_chats(cursor, _chat_rows(batch))
        adopted = await _adopt(cursor, batch, known_chats, max_waits)
        await _store_new(cursor, batch, known_chats, adopted, pushes, chats_to_refresh)
    if batch.receipts:
        rows = [{"account_id": a, "provider_msg_id": m, "status": s} for (a, m), s in batch.receipts.items()]
        await messages.keep_receipts(cursor, rows)
        metrics.EVENTS.labels("receipt").inc(len(rows))
    if batch.receipts or batch.own_messages():
        account_ids = {account_id for account_id, _ in (*batch.receipts, *batch.messages)}
        for message in await messages.apply_receipts(cursor, sorted(account_ids)):
            _push_message(pushes, "message:updated", message)


async def _adopt(
    cursor: Cursor, batch: Batch, known_chats: Mapping[Key, KnownChat], max_waits: int
) -> list[ChangedMessage]:
    """Let echoes of our own sends meet their rows; an own message that meets none, in a chat where an answer of
    UniPile is still out, waits for that answer: it may be its echo in other words.
    """
    own = batch.own_messages()
    if not own:
        return []
    echoes: list[dict[str, Any]] = [
        {
            "account_id": key[0],
            "chat_id": _chat_id(known_chats, key[0], event),
            "provider_msg_id": key[1],
            "body": event.body,
            "sent_at": event.sent_at,
        }
        for key, event in own
    ]
    adopted = await outbox.adopt_echoes(cursor, echoes)
    under_way = await outbox.list_chats_under_way(cursor, [echo["chat_id"] for echo in echoes])
    if under_way:
        stored = {(m.account_id, m.provider_msg_id) for m in await _find(cursor, [key for key, _ in own])}
        for key, event in own:
            if key not in stored and _chat_id(known_chats, key[0], event) in under_way:
                batch.take_out(key, max_waits)
    return adopted


async def _store_new(
    cursor: Cursor,
    batch: Batch,
    known_chats: Mapping[Key, KnownChat],
    adopted: list[ChangedMessage],
    pushes: dict[int, list[Push]],
    chats_to_refresh: set[int],
) -> None:
    await contacts.upsert_contacts(cursor, _contact_rows(batch))
    inserted = await messages.insert_messages(cursor, _message_rows(batch, known_chats))
    fresh = {(m.account_id, m.provider_msg_id): m for m in inserted}
    metrics.EVENTS.labels("stored").inc(len(inserted))
    for message in inserted:
        _push_message(pushes, "message:new", message)
    for echoed in adopted:
        _push_message(pushes, "message:sent", echoed)
    repeated = [key for key in batch.messages if key not in fresh]
    if repeated:
        await _push_again(cursor, repeated, adopted, pushes)
    await _advance_chats(cursor, batch, known_chats, fresh, adopted, pushes)
    await _count(cursor, batch, inserted)
    chats_to_refresh |= {c.id for c in known_chats.values() if c.is_new} & _untitled(batch, known_chats)


async def _push_again(
    cursor: Cursor, keys: list[Key], adopted: list[ChangedMessage], pushes: dict[int, list[Push]]
) -> None:
    """Rows that were there before: the job that stored them may have been killed before it could publish."""
    told = {message.id for message in adopted}
    found = [message for message in await _find(cursor, keys) if message.id not in told]
    metrics.EVENTS.labels("repeated").inc(len(found))
    for message in found:
        _push_message(pushes, "message:new", message)


async def _find(cursor: Cursor, keys: Iterable[Key]) -> list[InsertedMessage]:
    rows = [{"account_id": account_id, "provider_msg_id": message_id} for account_id, message_id in keys]
    return await messages.fetch_by_provider_ids(cursor, rows)


async def _advance_chats(
    cursor: Cursor,
    batch: Batch,
    known_chats: Mapping[Key, KnownChat],
    fresh: Mapping[Key, InsertedMessage],
    adopted: list[ChangedMessage],
    pushes: dict[int, list[Push]],
) -> None:
    """One row a chat: its newest message, its title, what is unread."""
    told: dict[int, list[tuple[MessageEvent, int]]] = defaultdict(list)
    for key, message in fresh.items():
        told[message.chat_id].append((batch.messages[key], message.id))
    changes = [_chat_change(chat_id, events, batch) for chat_id, events in told.items()]
    if not changes:
        return
    for chat in await chats.advance_chats(cursor, changes):
        pushes[chat.account_id].append(
            make_push("chat:updated", chat.account_id, chat.seq, chat.id, chat.json)
        )


def _chat_change(chat_id: int, events: list[tuple[MessageEvent, int]], batch: Batch) -> dict[str, Any]:
    account_id = batch.account_id(events[0][0].external_account_id)
    shown = [(event, message_id) for event, message_id in events if not event.is_event]
    change: dict[str, Any] = {"account_id": account_id, "chat_id": chat_id}
    if shown:
        newest, message_id = max(shown, key=lambda pair: (pair[0].sent_at, pair[0].provider_msg_id))
        change |= {
            "message_id": message_id,
            "sent_at": newest.sent_at,
            "message_key": newest.provider_msg_id,
            "preview": _preview(newest),
        }
    titled = [
        event
        for event, _ in events
        if event.chat_kind == "direct" and event.contact and event.contact["name"]
    ]
    if titled:
        latest = max(titled, key=lambda event: (event.sent_at, event.contact["name"]))  # type: ignore[index]
        change |= {"title": latest.contact["name"], "titled_at": latest.sent_at}  # type: ignore[index]
    change["read_until"] = max(
        (event.sent_at for event, _ in shown if event.direction == "out"), default=None
    )
    change["inbound"] = [event.sent_at for event, _ in shown if event.direction == "in"]
    return change


def _preview(event: MessageEvent) -> str:
    """The text, or what stands in for it when there is none."""
    if event.body:
        return event.body[:PREVIEW_LENGTH]
    kinds = {"img": "Photo", "video": "Video", "audio": "Audio"}
    return kinds.get(event.attachments[0]["type"], "File") if event.attachments else ""


async def _count(cursor: Cursor, batch: Batch, inserted: list[InsertedMessage]) -> None:
    """Usage goes up for rows that were really inserted; system events are not messages."""
    totals: dict[int, dict[str, int]] = defaultdict(lambda: {"sent": 0, "received": 0})
    for message in inserted:
        if not batch.messages[(message.account_id, message.provider_msg_id)].is_event:
            owner = batch.owner_of(message.account_id)
            totals[owner]["received" if message.direction == "in" else "sent"] += 1
    if totals:
        rows = [{"user_id": user_id, **counts} for user_id, counts in totals.items()]
        await usage.raise_usage(cursor, batch.provider, rows)


def _untitled(batch: Batch, known_chats: Mapping[Key, KnownChat]) -> set[int]:
    """Chats whose name no event told: groups, and people who hide theirs."""
    return {
        _chat_id(known_chats, account_id, event)
        for (account_id, _), event in batch.messages.items()
        if event.chat_kind != "direct" or not (event.contact and event.contact["name"])
    }


def _chat_rows(batch: Batch) -> list[dict[str, Any]]:
    rows = {
        (account_id, event.provider_chat_id): {
            "account_id": account_id,
            "provider_chat_id": event.provider_chat_id,
            "address": event.chat_address,
            "kind": event.chat_kind,
        }
        for (account_id, _), event in batch.messages.items()
    }
    return list(rows.values())


def _contact_rows(batch: Batch) -> list[dict[str, Any]]:
    """One row a person, with the newest name of the batch: what comes without one takes none away."""
    rows: dict[Key, dict[str, Any]] = {}
    for (account_id, _), event in batch.messages.items():
        if event.contact is None:
            continue
        name, named_at = event.contact["name"], event.sent_at if event.contact["name"] else NEVER
        row = {"account_id": account_id, **event.contact, "name": name or None, "named_at": named_at}
        known = rows.setdefault((account_id, row["provider_id"]), row)
        if name and (known["name"] is None or (named_at, name) > (known["named_at"], known["name"])):
            known |= {"name": name, "named_at": named_at}
        known["phone"] = known["phone"] or row["phone"]
    return list(rows.values())


def _message_rows(batch: Batch, known_chats: Mapping[Key, KnownChat]) -> list[dict[str, Any]]:
    return [
        {
            "account_id": account_id,
            "chat_id": _chat_id(known_chats, account_id, event),
            "provider_msg_id": message_id,
            "direction": event.direction,
            "status": "received" if event.direction == "in" else "sent",
            "body": event.body,
            "attachments": event.attachments,
            "sender": event.sender,
            "quoted": event.quoted,
            "is_event": event.is_event,
            "event_type": event.event_type,
            "sent_at": event.sent_at,
        }
        for (account_id, message_id), event in batch.messages.items()
    ]


def _chat_id(known_chats: Mapping[Key, KnownChat], account_id: int, event: MessageEvent) -> int:
    return known_chats[(account_id, event.provider_chat_id)].id


def _push_message(
    pushes: dict[int, list[Push]], event: str, message: ChangedMessage | InsertedMessage
) -> None:
    push = make_push(event, message.account_id, message.seq, message.chat_id, message.json)
    pushes[message.account_id].append(push)
