"""One batch of messages and ticks on its way into the rows: what belongs together is gathered, then stored in sets."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from aiopg import Cursor

from server import metrics
from server.realtime.events import Push
from server.realtime.pushes import chat_push, contact_push, message_push
from server.store.chats import chats, contacts, kinds, unread
from server.store.chats.chats import KnownChat
from server.store.messages import amendments, messages, quotes
from server.store.messages.messages import ChangedMessage, InsertedMessage
from server.store.plans import usage
from server.store.sending import outbox, send_outcomes
from server.unipile.events import MessageEvent
from workers.storing.batch import (
    Batch,
    Key,
    amendment_row,
    chat_change,
    chat_of,
    chat_rows,
    doubted_chats,
    key_rows,
    mentioned_rows,
    message_rows,
    take_known_kinds,
    untitled,
)


async def store_messages(
    cursor: Cursor, batch: Batch, pushes: dict[int, list[Push]], chats_to_refresh: set[int], max_waits: int
) -> None:
    """Everything a batch says about messages, chats, contacts and usage; the accounts are locked."""
    if people := mentioned_rows(batch):
        await contacts.upsert_contacts(cursor, people)
    if batch.messages:
        rows = chat_rows(batch)
        known_chats = await chats.ensure_chats(cursor, rows)
        take_known_kinds(batch, known_chats)
        adopted = await _adopt(cursor, batch, known_chats, max_waits)
        await _store_new(cursor, batch, known_chats, adopted, pushes, chats_to_refresh)
        await _correct_chats(cursor, batch, doubted_chats(rows, known_chats), pushes, chats_to_refresh)
    if batch.receipts:
        rows = [{"account_id": a, "provider_msg_id": m, "status": s} for (a, m), s in batch.receipts.items()]
        await messages.insert_receipts(cursor, rows)
        metrics.EVENTS.labels("receipt").inc(len(rows))
    if batch.receipts or batch.own_messages():
        account_ids = {account_id for account_id, _ in (*batch.receipts, *batch.messages)}
        for message in await messages.apply_receipts(cursor, sorted(account_ids)):
            pushes[message.account_id].append(message_push(message))
    await _note_amended(cursor, batch)
    if batch.read_on_phone:
        for chat in await unread.read_up_to(cursor, key_rows(sorted(batch.read_on_phone))):
            pushes[chat.account_id].append(chat_push(chat))
    if people:
        await _contact_pushes(cursor, batch, pushes)


async def _correct_chats(
    cursor: Cursor,
    batch: Batch,
    doubted: list[dict[str, Any]],
    pushes: dict[int, list[Push]],
    chats_to_refresh: set[int],
) -> None:
    """What a new message says of its chat may be surer than what was known; a duplicate changes nothing."""
    fresh = {(message.account_id, message.provider_msg_id) for message in batch.inserted}
    told = [row for row in doubted if any((row["account_id"], name) in fresh for name in row["messages"])]
    for chat in await kinds.correct_chats(cursor, told):
        chats_to_refresh.add(chat.id)
        pushes[chat.account_id].append(chat_push(chat))


async def _contact_pushes(cursor: Cursor, batch: Batch, pushes: dict[int, list[Push]]) -> None:
    """Push the contacts that are shown otherwise now, and the chats that bear their names. Where every message was
    new, their insertion has told whether there are any; in any other batch it is worth a question.
    """
    if batch.inserted and len(batch.inserted) == len(batch.messages) and not batch.amendments:
        changed = contacts.ids_of(batch.inserted[0].changed_contacts)
    else:
        changed = await contacts.list_changed_ids(cursor)
    if changed:
        await announce_contacts(cursor, changed, pushes, batch.chats_told)


async def announce_contacts(
    cursor: Cursor, changed: list[int], pushes: dict[int, list[Push]], told: Iterable[int] = ()
) -> None:
    """Number the direct chats of contacts that have changed, and push both."""
    for contact in await contacts.fetch_changed_contacts(cursor, changed):
        pushes[contact.account_id].append(contact_push(contact))
    for chat in await contacts.bump_chat_seqs(cursor, changed, list(told)):
        pushes[chat.account_id].append(chat_push(chat))


async def _note_amended(cursor: Cursor, batch: Batch) -> None:
    """Keep what is said to have happened to messages, and have those that are here read again at UniPile."""
    if batch.amendments:
        rows = [amendment_row(key[0], event) for (key, _, _), event in batch.amendments.items()]
        await amendments.insert_amendments(cursor, rows)
        metrics.EVENTS.labels("amendment").inc(len(rows))
        batch.to_read |= {key for key, _, _ in batch.amendments}
    # A row of our own that has just got its id here was inserted before.
    own = key_rows(key for key, _ in batch.own_messages())
    if own:
        batch.to_read |= set(await amendments.list_amended(cursor, own))


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
            "chat_id": chat_of(known_chats, key[0], event),
            "provider_msg_id": key[1],
            "body": event.body,
            "attachments": event.attachments,
            "sent_at": event.sent_at,
            "is_read": batch.is_read,
        }
        for key, event in own
    ]
    adopted = await outbox.adopt_echoes(cursor, echoes)
    queues = await outbox.inspect_queues(cursor, [echo["chat_id"] for echo in echoes])
    # The worker that waits for the answer would take the next message: if it still lives.
    batch.chats_to_send |= {m.chat_id for m in adopted if m.chat_id in queues and queues[m.chat_id].has_more}
    under_way = {chat_id for chat_id, queue in queues.items() if queue.is_under_way}
    if under_way:
        stored = {(m.account_id, m.provider_msg_id) for m in await _find(cursor, [key for key, _ in own])}
        for key, event in own:
            is_open = key not in stored and key not in batch.history
            if is_open and chat_of(known_chats, key[0], event) in under_way:
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
    inserted = await messages.insert_messages(cursor, message_rows(batch, known_chats))
    fresh = {(m.account_id, m.provider_msg_id): m for m in inserted}
    batch.inserted = inserted = await _join_quotes(cursor, batch, fresh)
    batch.note_media(inserted)
    metrics.EVENTS.labels("stored").inc(len(inserted))
    batch.to_read |= {(m.account_id, m.provider_msg_id) for m in inserted if m.is_amended}
    for message in inserted:
        pushes[message.account_id].append(message_push(message, "message:new"))
    for echoed in adopted:
        pushes[echoed.account_id].append(message_push(echoed, "message:sent"))
    await _join_answers(cursor, batch, inserted, adopted, pushes)
    repeated = [key for key in batch.messages if key not in fresh]
    if repeated:
        batch.note_media(await _push_again(cursor, batch, repeated, adopted, pushes))
        # The import was faster than the webhook: what a webhook tells is news, whatever its time says.
        news = await messages.mark_as_new(
            cursor, key_rows(key for key in repeated if key not in batch.history)
        )
        inserted = [*inserted, *news]
    await _advance_chats(cursor, batch, inserted, pushes)
    await _count(cursor, batch, inserted)
    chats_to_refresh |= untitled(batch, known_chats)


async def _join_quotes(
    cursor: Cursor, batch: Batch, fresh: Mapping[Key, InsertedMessage]
) -> list[InsertedMessage]:
    """Messages that quote others of their batch, shown with what they quote."""
    answers = batch.answers_within(fresh)
    shown = {m.id: m.json for m in await _find(cursor, answers)} if answers else {}
    return [m._replace(json=shown.get(m.id, m.json)) for m in fresh.values()]


async def _join_answers(
    cursor: Cursor,
    batch: Batch,
    inserted: Iterable[InsertedMessage],
    adopted: list[ChangedMessage],
    pushes: dict[int, list[Push]],
) -> None:
    """Answers that came before what they answer know it now: before a row, or before the id of a row of ours."""
    keys = [(m.account_id, m.provider_msg_id) for m in inserted if m.is_answered]
    if adopted:
        keys += [key for key, _ in batch.own_messages()]
    if keys:
        for answer in await quotes.bump_reply_seqs(cursor, key_rows(keys)):
            pushes[answer.account_id].append(message_push(answer))


async def _push_again(
    cursor: Cursor,
    batch: Batch,
    keys: list[Key],
    adopted: list[ChangedMessage],
    pushes: dict[int, list[Push]],
) -> list[InsertedMessage]:
    """Rows that were there before: echoes of our sends, and what a job stored that was killed before it published."""
    own = [key for key in keys if batch.messages[key].direction == "out"]
    # That UniPile's store has a message it accepted says nothing of WhatsApp: only an echo does.
    seen = await send_outcomes.note_seen_sends(cursor, key_rows(own)) if own and not batch.is_read else []
    for doubted in seen:
        pushes[doubted.account_id].append(message_push(doubted, "message:sent"))
    told = {message.id for message in (*adopted, *seen)}
    found = [message for message in await _find(cursor, keys) if message.id not in told]
    metrics.EVENTS.labels("repeated").inc(len(found))
    for message in found:
        pushes[message.account_id].append(message_push(message, "message:new"))
    return found


async def _find(cursor: Cursor, keys: Iterable[Key]) -> list[InsertedMessage]:
    return await messages.fetch_by_provider_ids(cursor, key_rows(keys))


async def _advance_chats(
    cursor: Cursor,
    batch: Batch,
    inserted: list[InsertedMessage],
    pushes: dict[int, list[Push]],
) -> None:
    """One row a chat: its newest message, its title, what is unread."""
    told: dict[int, list[tuple[MessageEvent, InsertedMessage]]] = defaultdict(list)
    for message in inserted:
        if message.is_deleted:
            continue  # turned from history to news when nothing was left of it
        key = (message.account_id, message.provider_msg_id)
        told[message.chat_id].append((batch.messages[key], message))
    changes = [chat_change(chat_id, events) for chat_id, events in told.items()]
    if not changes:
        return
    for chat in await chats.advance_chats(cursor, changes):
        batch.chats_told.add(chat.id)
        pushes[chat.account_id].append(chat_push(chat))


async def _count(cursor: Cursor, batch: Batch, inserted: list[InsertedMessage]) -> None:
    """Usage goes up for rows that were really inserted; system events are not messages, history is not traffic."""
    totals: dict[int, dict[str, int]] = defaultdict(lambda: {"sent": 0, "received": 0})
    for message in inserted:
        key = (message.account_id, message.provider_msg_id)
        if not batch.messages[key].is_event and key not in batch.history:
            batch.counted.add(message.account_id)
            owner = batch.owner_of(message.account_id)
            totals[owner]["received" if message.direction == "in" else "sent"] += 1
    if totals:
        rows = [{"user_id": user_id, **counts} for user_id, counts in totals.items()]
        await usage.raise_usage(cursor, batch.provider, rows)
