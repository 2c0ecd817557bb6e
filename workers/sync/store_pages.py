"""Stores what was read from UniPile's own store: the rows that webhooks would have given, a page a transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from aiopg import Cursor

from server import metrics
from server.store.accounts import accounts, sync_state
from server.unipile.errors import Rejected
from server.unipile.events import MessageEvent, ReceiptEvent
from server.unipile.fields import UnusableEventError
from server.unipile.history import Attendees, History, StoredMessage, chat_id_of, is_shown, read_stored
from workers.context import Parts
from workers.messages.ingest import BAD_CONTENT, MAX_ECHO_WAITS, StoredBatch, publish_batch
from workers.storing.batch import Batch
from workers.storing.contact_rows import Mentioned
from workers.storing.dead_letters import PROVIDER, dead_letter_event
from workers.storing.erasure_filter import forget
from workers.storing.transaction import store_messages
from workers.sync.placing import locate

log = structlog.get_logger()

Raw = dict[str, Any]


@dataclass(slots=True)
class Taken:
    """What became of a page: messages stored as history, found late, and left for the next time because a send of
    the same chat is under way.
    """

    imported: int = 0
    late: int = 0
    held_back: int = 0


@dataclass(slots=True)
class PageStore:
    """Takes pages of one account; who takes part in a chat is asked once."""

    parts: Parts
    account_id: int
    external_account_id: str
    late_seconds: float
    has_found: bool = False
    _people: dict[str, Attendees] = field(default_factory=dict)
    # Read, and not stored yet: they travel with the page.
    _unstored: list[Mentioned] = field(default_factory=list)

    @property
    def unipile(self) -> History:
        return History(self.parts.unipile)

    async def take(self, items: Sequence[Raw], kind: str | None = None) -> Taken:
        """Store what is missing of a page and move ticks forward; safe to run again."""
        ids = [item["id"] for item in items if isinstance(item.get("id"), str)]
        known = await self.parts.database.read(sync_state.list_stored_ids, self.account_id, ids)
        taken = Taken()
        missing: list[tuple[StoredMessage, Raw]] = []
        ticks: list[ReceiptEvent] = []
        for message, item in await self._read_page(items, kind, known):
            if message.event.provider_msg_id not in known:
                missing.append((message, item))
            elif message.tick is not None:
                ticks.append(self._tick(message.event.provider_msg_id, message.tick))
        if missing or ticks:
            await self._store(missing, ticks, taken)
        metrics.IMPORTED.inc(taken.imported)
        return taken

    def _tick(self, provider_msg_id: str, status: str) -> ReceiptEvent:
        return ReceiptEvent(self.external_account_id, provider_msg_id, status)

    async def _read_page(
        self, items: Sequence[Raw], kind: str | None, known: Collection[str]
    ) -> list[tuple[StoredMessage, Raw]]:
        """The messages of a page, each with its time; a time that UniPile does not say is taken from the neighbours."""
        read = [(await self._read(item, kind, is_known=item.get("id") in known), item) for item in items]
        page = [(message, item) for message, item in read if message is not None]
        if all(message.is_dated for message, _ in page):
            return page
        begun = await self.parts.database.read(sync_state.fetch_connected_at, self.account_id)
        placed = locate([message for message, _ in page], begun or datetime.now(UTC))
        return list(zip(placed, (item for _, item in page), strict=True))

    async def _read(self, item: Raw, kind: str | None, *, is_known: bool) -> StoredMessage | None:
        try:
            people = {} if is_known or not is_shown(item) else await self._people_of(chat_id_of(item))
            read_at = datetime.now(UTC).isoformat(timespec="milliseconds")
            return read_stored(item, self.external_account_id, people, kind, read_at)
        except UnusableEventError as error:
            await self._bury(item, str(error))
            return None

    async def _people_of(self, provider_chat_id: str) -> Attendees:
        if provider_chat_id not in self._people:
            try:
                people = await self.unipile.list_people(provider_chat_id)
                self._people[provider_chat_id] = people
                read_at = datetime.now(UTC).isoformat(timespec="milliseconds")
                others = [who for who in people.values() if not who["is_self"]]
                self._unstored += [(self.account_id, who, read_at) for who in others]
            except Rejected as error:
                log.info("people_not_read", account_id=self.account_id, error=error.type)
                self._people[provider_chat_id] = {}
        return self._people[provider_chat_id]

    async def _store(
        self, missing: Sequence[tuple[StoredMessage, Raw]], ticks: Sequence[ReceiptEvent], taken: Taken
    ) -> None:
        """Together, or, when one poisons the rest, in halves down to the one."""
        messages = [message for message, _ in missing]
        try:
            stored, more = await self.parts.database.write(self._store_page, messages, ticks)
        except BAD_CONTENT as error:
            if not missing:
                raise
            if len(missing) == 1:
                await self._bury(missing[0][1], type(error).__name__)
                return
            middle = len(missing) // 2
            await self._store(missing[:middle], ticks, taken)
            await self._store(missing[middle:], [], taken)
            return
        self._unstored = []
        self.has_found = self.has_found or more.late > 0
        taken.imported += more.imported
        taken.late += more.late
        taken.held_back += more.held_back
        await publish_batch(self.parts, stored)

    async def _store_page(
        self, cursor: Cursor, messages: Sequence[StoredMessage], ticks: Sequence[ReceiptEvent]
    ) -> tuple[StoredBatch, Taken]:
        """One transaction. Older than the number's first connection is history: not unread, not counted."""
        stored = StoredBatch()
        locked = await accounts.lock_accounts(cursor, PROVIDER, [self.external_account_id])
        if not locked:
            return stored, Taken()
        batch = Batch(locked, PROVIDER)
        batch.is_read = True
        batch.people = [*self._unstored]
        begun = await sync_state.fetch_connected_at(cursor, self.account_id)
        for message in messages:
            batch.add_message(message.event, {})
            if not message.is_dated or (begun is not None and _sent(message.event) < begun):
                batch.history.add((self.account_id, message.event.provider_msg_id))
        for tick in [*ticks, *(self._tick(m.event.provider_msg_id, m.tick) for m in messages if m.tick)]:
            batch.add_receipt(tick)
        await forget(cursor, batch, self.parts.seal)
        await store_messages(cursor, batch, stored.pushes, stored.chats_to_refresh, MAX_ECHO_WAITS)
        fresh = {(m.account_id, m.provider_msg_id) for m in batch.inserted}
        amended = {(self.account_id, m.event.provider_msg_id) for m in messages if m.is_amended}
        stored.messages_to_read = batch.to_read | (fresh & amended)
        stored.media_to_copy, stored.chats_to_send = batch.media_to_copy, batch.chats_to_send
        stored.counted = batch.counted
        imported = len(fresh & batch.history)
        if imported:
            await sync_state.count_imported(cursor, self.account_id, imported)
        news = [
            m.event for m in messages if (self.account_id, m.event.provider_msg_id) in fresh - batch.history
        ]
        return stored, Taken(imported, await self._note_late(cursor, news), len(batch.held_back))

    async def _note_late(self, cursor: Cursor, news: Sequence[MessageEvent]) -> int:
        """What was sent a moment ago is on its way in a webhook, not late."""
        limit = datetime.now(UTC) - timedelta(seconds=self.late_seconds)
        late = [event.sent_at for event in news if _sent(event) < limit]
        if late:
            await sync_state.note_late(
                cursor, self.account_id, len(late), min(late), is_first=not self.has_found
            )
            metrics.FOUND_LATE.inc(len(late))
            metrics.LATE_SECONDS.observe(
                (datetime.now(UTC) - datetime.fromisoformat(min(late))).total_seconds()
            )
        return len(late)

    async def _bury(self, item: Mapping[str, Any], reason: str) -> None:
        metrics.EVENTS.labels("dead").inc()
        await self.parts.database.write(
            dead_letter_event, self.parts.seal, "history", reason, item, self.external_account_id
        )


def _sent(event: MessageEvent) -> datetime:
    return datetime.fromisoformat(event.sent_at)
