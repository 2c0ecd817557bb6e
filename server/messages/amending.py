"""Confirms edits, deletions and reactions made here by reading the message back from the provider."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from aiopg import Cursor
from redis.asyncio import Redis

from server.errors import ConfabError
from server.queue import AMEND_MESSAGE, enqueue
from server.realtime.broker import log_if_unavailable, publish_or_log
from server.realtime.pushes import amended_pushes
from server.rules.amendments import Amendment, ProviderState
from server.store.accounts import accounts
from server.store.db.database import Database
from server.store.messages import amendments
from server.store.messages.amendments import Amended
from server.store.messages.messages import OpenMessage
from server.unipile.client import UnipileClient
from server.unipile.errors import UnipileError
from server.unipile.message_state import MessageState

log = structlog.get_logger()

# UniPile may take a moment until it shows a change that it has accepted.
CONFIRM_PAUSES_SECONDS = (0.0, 0.3, 1.0)
LATE_READ_SECONDS = 5.0

IsChanged = Callable[[MessageState], bool]


@dataclass(frozen=True, slots=True)
class AmendmentReader:
    """Reads messages back until they show the change that UniPile has accepted."""

    database: Database
    redis: Redis
    unipile: UnipileClient

    async def confirm(self, message: OpenMessage, is_changed: IsChanged, unchanged: str | None) -> None:
        """Read the message until it shows the change, and store what was read.

        UniPile may accept a change that WhatsApp does not make (unipile-api.md §7). If no read shows it, a job reads
        the message later and pushes what it finds, and `unchanged`, if given, is raised as a conflict.
        """
        for pause in CONFIRM_PAUSES_SECONDS:
            await asyncio.sleep(pause)
            read_at, early_events = await self.database.read(
                amendments.list_amendments, message.account_id, message.provider_msg_id
            )
            try:
                state = await self.unipile.fetch_message(message.provider_msg_id)
            except UnipileError as error:
                log.info("amendment_not_confirmed", message_id=message.id, error=error.type)
                unchanged = None  # accepted, and no read says that the change was not made
                break
            if is_changed(state):
                read = ProviderState(state.body, state.is_edited, state.is_deleted, state.reactions, read_at)
                await self._store(message, read, early_events)
                return
        await self._read_later(message)
        if unchanged is not None:
            raise ConfabError("conflict", unchanged)

    async def _store(
        self, message: OpenMessage, read: ProviderState, early_events: Sequence[Amendment]
    ) -> None:
        amended = await self.database.write(_apply_provider_state, message, read, early_events)
        await publish_or_log(
            self.redis, message.account_id, amended_pushes(*amended), "amendment_not_published"
        )

    async def _read_later(self, message: OpenMessage) -> None:
        key = (message.account_id, message.provider_msg_id)
        with log_if_unavailable("amendment_read_not_queued", message_id=message.id):
            await enqueue(self.redis, AMEND_MESSAGE, *key, delay_seconds=LATE_READ_SECONDS)


async def _apply_provider_state(
    cursor: Cursor, message: OpenMessage, read: ProviderState, early_events: Sequence[Amendment]
) -> Amended:
    await accounts.lock_account(cursor, message.account_id)
    return await amendments.apply_provider_state(
        cursor, message.account_id, message.provider_msg_id, read, early_events
    )
