"""Stores webhook events: one transaction for a whole batch, then, after the commit, the live updates."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg2
import structlog
from aiopg import Cursor

from server import metrics
from server.queue import (
    AMEND_MESSAGE,
    COPY_MEDIA,
    REFRESH_ACCOUNT,
    REFRESH_CHAT,
    SEND_CHAT,
    STORE_EVENTS,
    Events,
    enqueue,
)
from server.realtime.broker import publish
from server.realtime.events import Push
from server.realtime.pushes import account_push
from server.rules.account_states import State
from server.store.accounts import accounts, states, sync_state
from server.store.accounts.accounts import LockedAccount
from server.store.dead_letters import insert_dead_letter
from server.store.privacy.erasure_digests import NameHasher
from server.unipile.events import (
    AmendmentEvent,
    Event,
    IgnoredEvent,
    MessageEvent,
    ReadEvent,
    ReceiptEvent,
    StatusEvent,
    parse_event,
)
from server.unipile.fields import UnusableEventError
from server.unipile.history import HISTORY_GREW, RECONNECTED
from workers.context import Parts, parts_of
from workers.group_commit import COMMITTER
from workers.messages.republish import republish
from workers.storing.batch import Batch, Key
from workers.storing.dead_letters import PROVIDER, dead_letter_event
from workers.storing.erasure_filter import forget, names_erased
from workers.storing.transaction import store_messages
from workers.sync_requests import want_sweep

log = structlog.get_logger()

Pair = tuple[Event, dict[str, Any]]  # our event and the raw one it was read from
# What a row's content can do wrong, as against what the database suffers from.
BAD_CONTENT = (
    psycopg2.DataError,
    psycopg2.IntegrityError,
    psycopg2.ProgrammingError,
    ValueError,
    TypeError,
    KeyError,
)
# An echo whose send is still under way waits for it this long at a time.
ECHO_WAIT_SECONDS = 0.5
MAX_ECHO_WAITS = 120

_unknown_accounts: set[str] = set()


@dataclass(slots=True)
class StoredBatch:
    """What a committed batch leaves to be done."""

    pushes: dict[int, list[Push]] = field(default_factory=lambda: defaultdict(list))
    accounts_to_refresh: set[int] = field(default_factory=set)
    accounts_to_sweep: set[int] = field(default_factory=set)
    chats_to_refresh: set[int] = field(default_factory=set)
    messages_to_read: set[Key] = field(default_factory=set)
    media_to_copy: set[int] = field(default_factory=set)
    chats_to_send: set[int] = field(default_factory=set)
    counted: set[int] = field(default_factory=set)  # the accounts whose owners' counters were raised
    waiting: list[dict[str, Any]] = field(default_factory=list)


async def store_events(ctx: dict[Any, Any], events: list[dict[str, Any]]) -> None:
    """Store a batch. Safe to run again: rows are found, nothing is inserted or counted twice, and what is published
    again carries the same numbers.
    """
    parts = parts_of(ctx)
    parsed = [pair for event in events if (pair := await _parse(parts, event)) is not None]
    await ctx[COMMITTER].add(parsed)
    if ctx["job_try"] > 1:
        # The run before may have committed, and died before it published: now everything is a repetition.
        await republish(parts, PROVIDER, [event for event, _ in parsed])


async def commit(parts: Parts, pairs: list[Pair]) -> None:
    """Store what several jobs brought in one transaction, then announce it: the committer's work."""
    metrics.BATCH_SIZE.observe(len(pairs))
    await _store(parts, pairs)


async def _parse(parts: Parts, event: dict[str, Any]) -> Pair | None:
    """(our event, the raw one); None when it was put aside as impossible."""
    try:
        return parse_event(event["body"], event["received_at"]), event
    except UnusableEventError as error:
        await _dead_letter(parts, event, str(error))
        return None


async def _store(parts: Parts, pairs: list[Pair]) -> None:
    """Store these together, or, when one of them poisons the rest, in halves down to the one."""
    if not pairs:
        return
    try:
        stored = await parts.database.write(_store_batch, pairs, parts.seal)
    except BAD_CONTENT as error:
        if len(pairs) == 1:
            log.warning("event_refused", error=type(error).__name__)
            await _dead_letter(parts, pairs[0][1], type(error).__name__)
            return
        middle = len(pairs) // 2
        await _store(parts, pairs[:middle])
        await _store(parts, pairs[middle:])
        return
    await publish_batch(parts, stored)


async def publish_batch(parts: Parts, stored: StoredBatch) -> None:
    """After the commit, and only then; a failure here reruns the job, which publishes again."""
    parts.counted.update(stored.counted)
    for account_id, pushes in stored.pushes.items():
        await publish(parts.redis, account_id, sorted(pushes, key=lambda push: push.seq))
    for account_id in stored.accounts_to_refresh:
        await enqueue(parts.redis, REFRESH_ACCOUNT, account_id)
    for account_id in stored.accounts_to_sweep:
        await want_sweep(parts, account_id)
    for chat_id in stored.chats_to_refresh:
        await enqueue(parts.redis, REFRESH_CHAT, chat_id)
    for account_id, provider_msg_id in sorted(stored.messages_to_read):
        await enqueue(parts.redis, AMEND_MESSAGE, account_id, provider_msg_id)
    for message_id in stored.media_to_copy:
        await enqueue(parts.redis, COPY_MEDIA, message_id)
    for chat_id in stored.chats_to_send:
        await enqueue(parts.redis, SEND_CHAT, chat_id)
    if stored.waiting:
        await enqueue(parts.redis, STORE_EVENTS, Events(stored.waiting), delay_seconds=ECHO_WAIT_SECONDS)


async def _store_batch(cursor: Cursor, pairs: Sequence[Pair], seal: NameHasher) -> StoredBatch:
    """One transaction: lock the accounts, then kind by kind, each in set-based statements."""
    stored = StoredBatch()
    known = await accounts.lock_accounts(
        cursor, PROVIDER, list({event.external_account_id for event, _ in pairs})
    )
    if quiet := [account.id for account in known.values() if account.is_quiet]:
        await accounts.note_webhooks(cursor, quiet)
    mine = [(event, raw) for event, raw in pairs if _is_known(event.external_account_id, known)]
    batch = Batch(known, PROVIDER)
    for event, raw in mine:
        match event:
            case MessageEvent():
                batch.add_message(event, raw)
            case ReceiptEvent():
                batch.add_receipt(event)
            case ReadEvent():
                batch.add_read(event)
            case AmendmentEvent():
                batch.add_amendment(event, raw["body"])
            case StatusEvent():
                await _store_status(cursor, known[event.external_account_id], event, stored)
            case IgnoredEvent():
                if not await names_erased(
                    cursor, seal, PROVIDER, known[event.external_account_id], raw["body"]
                ):
                    await _keep_ignored(cursor, event, raw)
    await forget(cursor, batch, seal)
    await store_messages(cursor, batch, stored.pushes, stored.chats_to_refresh, MAX_ECHO_WAITS)
    stored.waiting, stored.messages_to_read = batch.held_back, batch.to_read
    stored.media_to_copy, stored.chats_to_send = batch.media_to_copy, batch.chats_to_send
    stored.counted = batch.counted
    return stored


def _is_known(external_account_id: str, known: dict[str, LockedAccount]) -> bool:
    if external_account_id in known:
        _unknown_accounts.discard(external_account_id)
        return True
    metrics.EVENTS.labels("unknown_account").inc()
    if external_account_id not in _unknown_accounts:
        _unknown_accounts.add(external_account_id)
        log.info("unknown_account", external_account_id=external_account_id)
    return False


async def _store_status(
    cursor: Cursor, account: LockedAccount, event: StatusEvent, stored: StoredBatch
) -> None:
    metrics.EVENTS.labels("status").inc()
    observed = await states.observe(cursor, account.id, event.seen, event.reason, is_hearsay=True)
    if observed is None or observed.before is State.DISCONNECTED:
        return  # it was unlinked here; late words about it do not bring it back
    if observed.changed is not None:
        seq, shown = observed.changed
        stored.pushes[account.id].append(account_push(account.id, seq, shown))
    # These words have no time and no order: what is true now, UniPile is asked (unipile-api.md §3).
    stored.accounts_to_refresh.add(account.id)
    if observed.state is State.CONNECTED:
        if observed.before is not State.CONNECTED or event.reason in RECONNECTED:
            stored.accounts_to_sweep.add(account.id)
        if event.reason in HISTORY_GREW:
            await sync_state.request_import(cursor, account.id)


async def _keep_ignored(cursor: Cursor, event: IgnoredEvent, raw: dict[str, Any]) -> None:
    metrics.EVENTS.labels("ignored").inc()
    metrics.IGNORED.labels(event.kind).inc()
    body = orjson.dumps(raw["body"]).decode()
    await insert_dead_letter(cursor, raw["source"], "ignored", event.kind, event.external_account_id, body)


async def _dead_letter(parts: Parts, event: dict[str, Any], reason: str) -> None:
    metrics.EVENTS.labels("dead").inc()
    await parts.database.write(dead_letter_event, parts.seal, event["source"], reason, event["body"])
