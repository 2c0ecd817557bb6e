"""Stores pages read from UniPile's own store: the rows that webhooks would have given, one transaction a page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import structlog
from aiopg import Cursor

from server import metrics
from server.store.accounts import accounts, sync_state
from server.unipile.errors import Rejected
from server.unipile.events.types import ReceiptEvent
from server.unipile.fields.texts import UnusableEventError
from server.unipile.history import History
from server.unipile.lists.attendees import Attendees
from server.unipile.lists.messages import StoredMessage, chat_id_of, is_shown, read_stored
from workers.context import Parts
from workers.storing.batch import Batch, Key, StoredBatch
from workers.storing.commit import commit
from workers.storing.contact_rows import Mention
from workers.storing.dead_letters import put_aside
from workers.storing.erasure_filter import drop_erased
from workers.storing.rows import key_of
from workers.storing.transaction import store_batch
from workers.sync.undated import date_undated

log = structlog.get_logger()


class PageItem(NamedTuple):
    """A message of a page, and the raw object it was read from; of a message that is stored only its tick counts."""

    message: StoredMessage
    raw: Mapping[str, object]
    is_stored: bool


@dataclass(slots=True)
class PageResult:
    """Messages of a page that were stored as history, found late, and left for the next sweep because a send of the
    same chat is in progress.
    """

    imported: int = 0
    late: int = 0
    delayed: int = 0


@dataclass(slots=True)
class PageStore:
    """Stores pages of one account; the attendees of a chat are read once."""

    parts: Parts
    account_id: int
    external_account_id: str
    late_seconds: float
    has_found: bool = False
    _attendees: dict[str, Attendees] = field(default_factory=dict)
    # Read and not stored yet: they are stored with the page.
    _mentions: list[Mention] = field(default_factory=list)

    @property
    def unipile(self) -> History:
        return History(self.parts.unipile)

    async def store(self, items: Sequence[Mapping[str, object]], kind: str | None = None) -> PageResult:
        """Store the messages of a page that are missing, and advance ticks. Idempotent."""
        ids = [message_id for item in items if isinstance(message_id := item.get("id"), str)]
        stored_ids = await self.parts.database.read(sync_state.list_stored_ids, self.account_id, ids)
        page = [
            item
            for item in await self._read_page(items, kind, stored_ids)
            if not item.is_stored or item.message.tick is not None
        ]
        result = PageResult()

        def add(part: PageResult) -> None:
            self._mentions = []
            self.has_found = self.has_found or part.late > 0
            result.imported += part.imported
            result.late += part.late
            result.delayed += part.delayed

        await commit(self.parts, page, self._store_items, self._put_aside_poison, add)
        metrics.IMPORTED.inc(result.imported)
        return result

    async def _read_page(
        self, items: Sequence[Mapping[str, object]], kind: str | None, stored_ids: Collection[str]
    ) -> list[PageItem]:
        """The messages of a page, each with a time; where UniPile reports none, one next to its neighbours'."""
        page = []
        for raw in items:
            is_stored = raw.get("id") in stored_ids
            message = await self._read(raw, kind, is_stored=is_stored)
            if message is not None:
                page.append(PageItem(message, raw, is_stored))
        if all(item.message.is_dated for item in page):
            return page
        connected_at = await self.parts.database.read(sync_state.fetch_connected_at, self.account_id)
        dated = date_undated([item.message for item in page], connected_at or datetime.now(UTC))
        return [item._replace(message=message) for item, message in zip(page, dated, strict=True)]

    async def _read(
        self, raw: Mapping[str, object], kind: str | None, *, is_stored: bool
    ) -> StoredMessage | None:
        try:
            is_needed = not is_stored and is_shown(raw)
            attendees = await self._attendees_of(chat_id_of(raw)) if is_needed else {}
            return read_stored(raw, self.external_account_id, attendees, kind, _now())
        except UnusableEventError as error:
            await self._put_aside(raw, str(error))
            return None

    async def _attendees_of(self, provider_chat_id: str) -> Attendees:
        if provider_chat_id not in self._attendees:
            try:
                attendees = await self.unipile.list_attendees(provider_chat_id)
            except Rejected as error:
                log.info("attendees_not_read", account_id=self.account_id, error=error.type)
                attendees = {}
            self._attendees[provider_chat_id] = attendees
            others = [contact for contact in attendees.values() if not contact["is_self"]]
            self._mentions += [Mention(self.account_id, contact, _now()) for contact in others]
        return self._attendees[provider_chat_id]

    async def _store_items(self, cursor: Cursor, items: Sequence[PageItem]) -> tuple[StoredBatch, PageResult]:
        """The transaction. What is older than the account's first connection is history: not unread, not counted."""
        account = await accounts.lock_account(cursor, self.account_id)
        if account is None or account.external_account_id != self.external_account_id:
            return StoredBatch(), PageResult()
        batch = Batch({account.external_account_id: account}, is_polled=True)
        batch.mentions = [*self._mentions]
        connected_at = await sync_state.fetch_connected_at(cursor, self.account_id)
        for message, _, is_stored in items:
            if not is_stored:
                batch.add_message(message.event)
                if not message.is_dated or (connected_at is not None and _sent_at(message) < connected_at):
                    batch.history.add(self._key(message))
            if message.tick is not None:
                message_id = message.event.provider_msg_id
                batch.add_receipt(ReceiptEvent(self.external_account_id, message_id, message.tick))
        await drop_erased(cursor, batch, self.parts.name_hasher)
        stored = await store_batch(cursor, batch)
        fresh = {key_of(message) for message in stored.inserted}
        amended = {
            self._key(message) for message, _, is_stored in items if not is_stored and message.is_amended
        }
        stored.messages_to_read |= fresh & amended
        imported = len(fresh & batch.history)
        if imported:
            await sync_state.count_imported(cursor, self.account_id, imported)
        arrived = fresh - batch.history
        late = await self._note_late(cursor, [m for m, _, _ in items if self._key(m) in arrived])
        return stored, PageResult(imported, late, len(stored.delayed))

    def _key(self, message: StoredMessage) -> Key:
        return self.account_id, message.event.provider_msg_id

    async def _note_late(self, cursor: Cursor, arrived: Sequence[StoredMessage]) -> int:
        """Count the messages that no webhook reported. One sent a moment ago is not late: its webhook is on its way."""
        now = datetime.now(UTC)
        limit = now - timedelta(seconds=self.late_seconds)
        late = [message.event.sent_at for message in arrived if _sent_at(message) < limit]
        if late:
            oldest = min(late)
            is_first = not self.has_found
            await sync_state.note_late(cursor, self.account_id, len(late), oldest, is_first=is_first)
            metrics.FOUND_LATE.inc(len(late))
            metrics.LATE_SECONDS.observe((now - datetime.fromisoformat(oldest)).total_seconds())
        return len(late)

    async def _put_aside_poison(self, item: PageItem, error: Exception) -> None:
        if item.is_stored:
            raise error
        await self._put_aside(item.raw, type(error).__name__)

    async def _put_aside(self, raw: Mapping[str, object], reason: str) -> None:
        await put_aside(self.parts, "history", reason, raw, self.external_account_id)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _sent_at(message: StoredMessage) -> datetime:
    return datetime.fromisoformat(message.event.sent_at)
