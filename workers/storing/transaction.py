"""The transaction that stores a batch: each stage is one set-based statement, or a few, over the whole batch."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from aiopg import Cursor

from server import metrics
from server.realtime.pushes import chat_push, contact_push, message_push, planned_push
from server.store.chats import chats, contacts, kinds, unread
from server.store.chats.advance import advance_chats
from server.store.chats.chats import ChangedChat
from server.store.conversations import conversations
from server.store.messages import amendments, messages, quotes
from server.store.messages.messages import ChangedMessage, InsertedMessage
from server.store.plans import usage
from server.store.plans.usage import UsageCount
from server.store.sending import planned, send_outcomes
from server.store.sending.planned import ChangedPlanned
from server.unipile.events.types import MessageEvent
from workers.storing import rows
from workers.storing.adopt_echoes import adopt_echoes
from workers.storing.batch import AccountPush, Batch, Key, StoredBatch
from workers.storing.ratings import store_ratings
from workers.storing.rows import key_of, key_rows


class Repeated(NamedTuple):
    """Messages of a batch that were stored before it: sends that this confirms, other rows, and those of them that were
    history until now.
    """

    confirmed: Sequence[ChangedMessage] = ()
    found: Sequence[InsertedMessage] = ()
    marked_new: Sequence[InsertedMessage] = ()


async def store_batch(cursor: Cursor, batch: Batch) -> StoredBatch:
    """Store everything a batch reports about messages, chats, contacts and usage; its accounts are locked."""
    reports = rows.contact_reports(batch)
    if reports:
        await contacts.upsert_contacts(cursor, reports)
    stored = await _store_messages(cursor, batch) if batch.messages else StoredBatch()
    stored.add_pushes([(m.account_id, message_push(m)) for m in await _apply_receipts(cursor, batch)])
    stored.messages_to_read |= await _store_amendments(cursor, batch)
    if batch.read_on_phone:
        read = await unread.read_up_to(cursor, key_rows(sorted(batch.read_on_phone)))
        stored.add_pushes([(chat.account_id, chat_push(chat)) for chat in read])
    if reports:
        changed = await _changed_contacts(cursor, batch, stored.inserted)
        if changed:
            stored.add_pushes(await contact_pushes(cursor, changed, stored.advanced_chats))
    return stored


async def _store_messages(cursor: Cursor, batch: Batch) -> StoredBatch:
    chat_rows = rows.chat_rows(batch)
    known_chats = await chats.ensure_chats(cursor, chat_rows)
    rows.apply_known_kinds(batch, known_chats)
    adopted, chats_to_send, delayed = await adopt_echoes(cursor, batch, known_chats)
    new = await messages.insert_messages(cursor, rows.message_rows(batch, known_chats))
    fresh = {key_of(message): message for message in new}
    inserted = await _with_quotes(cursor, batch, fresh)
    metrics.EVENTS.labels("stored").inc(len(inserted))
    replies = await _bump_replies(cursor, batch, inserted, adopted)
    repeated = await _find_repeated(
        cursor, batch, [key for key in batch.messages if key not in fresh], adopted
    )
    arrived, ratings = await store_ratings(cursor, batch, [*inserted, *repeated.marked_new])
    advanced = await _advance_chats(cursor, batch, arrived)
    answered = await conversations.refresh_conversations(cursor, _answered_chats(arrived))
    cancelled = await _cancel_planned(cursor, arrived, advanced)
    counted = await _count_usage(cursor, batch, arrived)
    corrected = await kinds.correct_chats(cursor, rows.chats_to_correct(chat_rows, known_chats, fresh))
    stored = StoredBatch(
        chats_to_refresh=rows.chats_to_refresh(batch, known_chats) | {chat.id for chat in corrected},
        unarchived_chats={chat.id for chat in advanced if chat.is_unarchived},
        accounts_to_assign={chat.account_id for chat in advanced if chat.is_queued},
        messages_to_read={key_of(message) for message in inserted if message.is_amended},
        media_to_copy=rows.media_to_copy(batch, [*inserted, *repeated.found]),
        chats_to_send=set(chats_to_send),
        counted_accounts=counted,
        delayed=list(delayed),
        events_to_requeue=batch.events_to_requeue(delayed),
        inserted=inserted,
        advanced_chats={chat.id for chat in advanced},
    )
    stored.add_pushes([(m.account_id, message_push(m, "message:new")) for m in (*inserted, *repeated.found)])
    stored.add_pushes(
        [(m.account_id, message_push(m, "message:sent")) for m in (*adopted, *repeated.confirmed)]
    )
    stored.add_pushes([(m.account_id, message_push(m)) for m in replies])
    stored.add_pushes([(chat.account_id, chat_push(chat)) for chat in (*advanced, *answered, *corrected)])
    stored.add_pushes([*((one.account_id, planned_push(one)) for one in cancelled), *ratings])
    return stored


async def _with_quotes(
    cursor: Cursor, batch: Batch, fresh: Mapping[Key, InsertedMessage]
) -> list[InsertedMessage]:
    """The new messages; those that quote another new one are read again, with what they quote."""
    replies = batch.replies_within(fresh)
    if not replies:
        return list(fresh.values())
    shown = {message.id: message.json for message in await _find(cursor, replies)}
    return [message._replace(json=shown.get(message.id, message.json)) for message in fresh.values()]


async def _bump_replies(
    cursor: Cursor, batch: Batch, inserted: Iterable[InsertedMessage], adopted: Collection[ChangedMessage]
) -> Sequence[ChangedMessage]:
    """Replies that were stored before the message they quote, or before our send had the id that they quote."""
    keys = [key_of(message) for message in inserted if message.is_answered]
    if adopted:
        keys += [key for key, _ in batch.own_messages()]
    return await quotes.bump_reply_seqs(cursor, key_rows(keys)) if keys else ()


async def _find_repeated(
    cursor: Cursor, batch: Batch, keys: Collection[Key], adopted: Collection[ChangedMessage]
) -> Repeated:
    """Rows that were stored before: echoes of our sends, and those of a job that was killed before it published."""
    if not keys:
        return Repeated()
    own = [key for key in keys if batch.messages[key].direction == "out"]
    # UniPile's store holds what UniPile accepted; only an echo shows that WhatsApp has it.
    confirmed = (
        await send_outcomes.note_seen_sends(cursor, key_rows(own)) if own and not batch.is_polled else []
    )
    pushed = {message.id for message in (*adopted, *confirmed)}
    found = [message for message in await _find(cursor, keys) if message.id not in pushed]
    metrics.EVENTS.labels("repeated").inc(len(found))
    # The import was faster than the webhook: what a webhook reports is new, whatever its time.
    late = key_rows(key for key in keys if key not in batch.history)
    return Repeated(confirmed, found, await messages.mark_as_new(cursor, late))


async def _find(cursor: Cursor, keys: Iterable[Key]) -> list[InsertedMessage]:
    return await messages.fetch_by_provider_ids(cursor, key_rows(keys))


async def _advance_chats(
    cursor: Cursor, batch: Batch, arrived: Iterable[InsertedMessage]
) -> Sequence[ChangedChat]:
    """Update each chat once: its newest message, its title, its unread count."""
    by_chat: dict[int, list[tuple[MessageEvent, InsertedMessage]]] = defaultdict(list)
    for message in arrived:
        if not message.is_deleted:  # history that was deleted before it was known to be new
            by_chat[message.chat_id].append((batch.messages[key_of(message)], message))
    if not by_chat:
        return ()
    return await advance_chats(
        cursor, [rows.chat_advance(chat_id, stored) for chat_id, stored in by_chat.items()]
    )


async def _cancel_planned(
    cursor: Cursor, arrived: Iterable[InsertedMessage], advanced: Iterable[ChangedChat]
) -> Sequence[ChangedPlanned]:
    """Cancel what was planned for chats whose contact has written first."""
    written = {message.chat_id for message in arrived if message.is_countable}
    waiting = [chat.id for chat in advanced if chat.has_planned and chat.id in written]
    return await planned.cancel_answered(cursor, waiting) if waiting else ()


def _answered_chats(arrived: Iterable[InsertedMessage]) -> set[int]:
    """The chats in which the phone wrote, at any time: their answers may be older than what is stored."""
    return {message.chat_id for message in arrived if message.direction == "out"}


async def _count_usage(cursor: Cursor, batch: Batch, arrived: Iterable[InsertedMessage]) -> set[int]:
    """Raise usage for rows that were really inserted; returns their accounts. System events are not messages, and
    history is not traffic.
    """
    counts: Counter[tuple[int, str]] = Counter()
    for message in arrived:
        key = key_of(message)
        if not batch.messages[key].is_event and key not in batch.history:
            counts[message.account_id, message.direction] += 1
    totals: dict[str, dict[int, UsageCount]] = defaultdict(dict)
    for account in batch.accounts:
        sent, received = counts[account.id, "out"], counts[account.id, "in"]
        if sent or received:
            total = totals[account.provider].setdefault(
                account.user_id, {"user_id": account.user_id, "sent": 0, "received": 0}
            )
            total["sent"] += sent
            total["received"] += received
    for provider, users in totals.items():
        await usage.raise_usage(cursor, provider, list(users.values()))
    return {account_id for account_id, _ in counts}


async def _apply_receipts(cursor: Cursor, batch: Batch) -> Sequence[ChangedMessage]:
    """Store the receipts and apply them, with those that were here before their message."""
    if batch.receipts:
        receipts = rows.receipt_rows(batch)
        await messages.insert_receipts(cursor, receipts)
        metrics.EVENTS.labels("receipt").inc(len(receipts))
    if not batch.receipts and not batch.own_messages():
        return ()
    account_ids = {account_id for account_id, _ in (*batch.receipts, *batch.messages)}
    return await messages.apply_receipts(cursor, sorted(account_ids))


async def _store_amendments(cursor: Cursor, batch: Batch) -> set[Key]:
    """Store what happened to messages; returns those to read again at UniPile."""
    if batch.amendments:
        received = rows.amendment_rows(batch)
        await amendments.insert_amendments(cursor, received)
        metrics.EVENTS.labels("amendment").inc(len(received))
    changed = {message for message, _, _ in batch.amendments}
    # A send of ours that has just got its id was inserted before.
    own = key_rows(key for key, _ in batch.own_messages())
    return changed | set(await amendments.list_amended(cursor, own)) if own else changed


async def _changed_contacts(cursor: Cursor, batch: Batch, inserted: Sequence[InsertedMessage]) -> list[int]:
    """Contacts that are shown differently now. If every message was new, their insertion has returned them; any other
    batch asks for them.
    """
    if inserted and len(inserted) == len(batch.messages) and not batch.amendments:
        return contacts.ids_of(inserted[0].changed_contacts)
    return await contacts.list_changed_ids(cursor)


async def contact_pushes(
    cursor: Cursor, contact_ids: Sequence[int], pushed_chats: Collection[int] = ()
) -> list[AccountPush]:
    """The pushes of changed contacts, and of their direct chats: these get a new seq unless `pushed_chats` has them."""
    changed = await contacts.fetch_changed_contacts(cursor, contact_ids)
    named = await contacts.bump_chat_seqs(cursor, contact_ids, list(pushed_chats))
    return [
        *((contact.account_id, contact_push(contact)) for contact in changed),
        *((chat.account_id, chat_push(chat)) for chat in named),
    ]
