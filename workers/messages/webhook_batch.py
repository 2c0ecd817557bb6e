"""The transaction of webhook events: dispatches each kind, and hands what the storing core stores to it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import orjson
import structlog
from aiopg import Cursor

from server import metrics
from server.queue import QueuedEvent
from server.realtime.pushes import account_push
from server.rules.account_states import State
from server.store.accounts import accounts, states, sync_state
from server.store.accounts.accounts import LockedAccount
from server.store.dead_letters import insert_dead_letter
from server.unipile.events.accounts import HISTORY_GREW, RECONNECTED
from server.unipile.events.types import (
    AmendmentEvent,
    Event,
    IgnoredEvent,
    MessageEvent,
    ReadEvent,
    ReceiptEvent,
    StatusEvent,
)
from workers.context import Parts
from workers.storing.batch import Batch, StoredBatch
from workers.storing.dead_letters import put_aside
from workers.storing.erasure_filter import drop_erased, names_erased
from workers.storing.transaction import store_batch

log = structlog.get_logger()

# Unknown accounts that are remembered as logged.
MAX_LOGGED = 1000


class ReceivedEvent(NamedTuple):
    """A webhook's event, and the entry of the queue that it was read from."""

    event: Event
    queued: QueuedEvent


class StatusResult(NamedTuple):
    """What a status event leads to: the account's push, a read of its state at UniPile, a sweep."""

    changed: tuple[int, str] | None = None
    is_to_refresh: bool = False
    is_to_sweep: bool = False


class WebhookBatches:
    """Stores batches of webhook events; remembers which unknown accounts have been logged."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._logged: set[str] = set()

    async def store(self, cursor: Cursor, received: Sequence[ReceivedEvent]) -> tuple[StoredBatch, None]:
        """The transaction: lock the accounts, then kind by kind, each in set-based statements."""
        provider = self._parts.unipile.provider
        known = await accounts.lock_accounts(
            cursor, provider, list({event.external_account_id for event, _ in received})
        )
        if quiet := [account.id for account in known.values() if account.is_quiet]:
            await accounts.note_webhooks(cursor, quiet)
        batch = Batch(known)
        statuses: list[tuple[int, StatusResult]] = []
        for event, queued in [item for item in received if self._is_known(item.event, known)]:
            account = known[event.external_account_id]
            match event:
                case StatusEvent():
                    statuses.append((account.id, await _store_status(cursor, account, event)))
                case IgnoredEvent():
                    if not await names_erased(
                        cursor, self._parts.name_hasher, provider, account, queued["body"]
                    ):
                        await _store_ignored(cursor, event, queued)
                case _:
                    _add(batch, event, queued)
        await drop_erased(cursor, batch, self._parts.name_hasher)
        return _with_statuses(await store_batch(cursor, batch), statuses), None

    async def put_aside(self, received: ReceivedEvent, error: Exception) -> None:
        """Store an event that poisons its transaction as a dead letter."""
        log.warning("event_rejected", error=type(error).__name__)
        queued = received.queued
        await put_aside(self._parts, queued["source"], type(error).__name__, queued["body"])

    def _is_known(self, event: Event, known: Mapping[str, LockedAccount]) -> bool:
        external_account_id = event.external_account_id
        if external_account_id in known:
            self._logged.discard(external_account_id)
            return True
        metrics.EVENTS.labels("unknown_account").inc()
        if external_account_id not in self._logged:
            if len(self._logged) >= MAX_LOGGED:
                self._logged.clear()
            self._logged.add(external_account_id)
            log.info("unknown_account", external_account_id=external_account_id)
        return False


def _add(
    batch: Batch, event: MessageEvent | ReceiptEvent | ReadEvent | AmendmentEvent, queued: QueuedEvent
) -> None:
    match event:
        case MessageEvent():
            batch.add_message(event, queued)
        case ReceiptEvent():
            batch.add_receipt(event)
        case ReadEvent():
            batch.add_read(event)
        case AmendmentEvent():
            batch.add_amendment(event, queued["body"])


async def _store_status(cursor: Cursor, account: LockedAccount, event: StatusEvent) -> StatusResult:
    metrics.EVENTS.labels("status").inc()
    observed = await states.observe(cursor, account.id, event.seen, event.reason, is_hearsay=True)
    if observed is None or observed.before is State.DISCONNECTED:
        return StatusResult()  # it was unlinked here; a late event does not reconnect it
    is_to_sweep = False
    if observed.state is State.CONNECTED:
        is_to_sweep = observed.before is not State.CONNECTED or event.reason in RECONNECTED
        if event.reason in HISTORY_GREW:
            await sync_state.request_import(cursor, account.id)
    # Status events have no time and no order: the current state is read from UniPile (unipile-api.md §3).
    return StatusResult(observed.changed, is_to_refresh=True, is_to_sweep=is_to_sweep)


def _with_statuses(stored: StoredBatch, results: Iterable[tuple[int, StatusResult]]) -> StoredBatch:
    for account_id, result in results:
        if result.changed is not None:
            stored.add_pushes([(account_id, account_push(account_id, *result.changed))])
        if result.is_to_refresh:
            stored.accounts_to_refresh.add(account_id)
        if result.is_to_sweep:
            stored.accounts_to_sweep.add(account_id)
    return stored


async def _store_ignored(cursor: Cursor, event: IgnoredEvent, queued: QueuedEvent) -> None:
    metrics.EVENTS.labels("ignored").inc()
    metrics.IGNORED.labels(event.kind).inc()
    body = orjson.dumps(queued["body"]).decode()
    await insert_dead_letter(cursor, queued["source"], "ignored", event.kind, event.external_account_id, body)
