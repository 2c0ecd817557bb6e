"""Imports an account's history: first the newest page of every chat, so the inbox is usable, then the older pages."""

import time
from typing import Any

import structlog

from server.queue import IMPORT_HISTORY, enqueue
from server.realtime.broker import publish
from server.realtime.pushes import account_push
from server.store.accounts import sync_state
from server.store.accounts.sync_state import ImportPosition, LeasedImport
from server.store.chats import phone_flags
from server.unipile.errors import Rejected
from server.unipile.history import MAX_LIMIT, RawPage
from server.unipile.lists.chats import StoredChat
from workers.context import Parts, parts_of
from workers.leases import LEASE_SECONDS, renewed_lease
from workers.sync.phone_flags import apply_flags
from workers.sync.store_pages import PageStore

log = structlog.get_logger()

CHATS_PER_PAGE = 20
# A job runs this long and queues the next: accounts share the worker slots, and a kill costs little.
STINT_SECONDS = 15.0
# The next job is queued after each stint; if it has not run for this long, it was lost.
LOST_SECONDS = 120.0
PROGRESS_SECONDS = 1.0


async def import_history(ctx: dict[Any, Any], account_id: int) -> None:
    """Continue an account's import. Its position is in the database, and each page is stored once however often it is
    read: idempotent, and safe to interrupt anywhere.
    """
    parts = parts_of(ctx)
    leased = await parts.database.write(sync_state.lease_import, account_id, LEASE_SECONDS)
    if leased is None:
        return
    stint = _ImportStint(parts, account_id, leased)
    try:
        async with renewed_lease(parts, account_id, sync_state.renew_import):
            is_done = await stint.run()
    except Rejected as error:
        # Signed out or deleted: `queue_due_syncs` queues it again once the account is connected.
        log.info("import_rejected", account_id=account_id, error=error.type)
        return
    finally:
        await parts.database.write(sync_state.release_import, account_id, LOST_SECONDS)
    is_wanted = is_done and await parts.database.write(sync_state.finish_import, account_id)
    if is_done:
        await stint.publish_progress()
        log.info("import_done", account_id=account_id)
    if not is_done or is_wanted:
        await enqueue(parts.redis, IMPORT_HISTORY, account_id)


class _ImportStint:
    """One stint of one import."""

    def __init__(self, parts: Parts, account_id: int, leased: LeasedImport) -> None:
        self._parts = parts
        self._account_id = account_id
        self._cursor = leased.cursor
        self._is_listed = leased.is_listed
        self._external_account_id = leased.external_account_id
        late_seconds = parts.config.sync.late_seconds
        self._pages = PageStore(parts, account_id, leased.external_account_id, late_seconds)
        self._until = time.monotonic() + STINT_SECONDS
        self._published_at = 0.0
        self._chats_begun = 0

    @property
    def _is_over(self) -> bool:
        return time.monotonic() > self._until

    async def run(self) -> bool:
        """True if nothing is left to import."""
        while not self._is_over:
            if not self._is_listed:
                await self._list_chats()
            elif (
                position := await self._parts.database.read(sync_state.next_position, self._account_id)
            ) is None:
                return True
            else:
                await self._import_older(position)
        return False

    async def _list_chats(self) -> None:
        """Import the first page of each chat on one page of the chat list."""
        following = await self._begin_page(self._cursor)
        if following is None and not self._is_over and self._cursor is not None:
            await self._begin_moved_chats()
        if self._is_over:
            return  # the next stint reads the same page again and skips the chats that were begun
        await self._parts.database.write(sync_state.save_listed, self._account_id, following)
        self._cursor, self._is_listed = following, following is None

    async def _begin_moved_chats(self) -> None:
        """A chat with a new message has moved from the following pages to the front of the list."""
        cursor: str | None = None
        while not self._is_over:
            begun_before = self._chats_begun
            cursor = await self._begin_page(cursor)
            if cursor is None or self._chats_begun == begun_before:
                return

    async def _begin_page(self, cursor: str | None) -> str | None:
        head = await self._parts.database.read(phone_flags.fetch_head, self._account_id)
        chats, following = await self._pages.unipile.list_chats(
            self._external_account_id, cursor, CHATS_PER_PAGE
        )
        ids = [chat.provider_chat_id for chat in chats]
        begun = await self._parts.database.read(sync_state.list_begun, self._account_id, ids)
        for chat in chats:
            if chat.provider_chat_id not in begun and not self._is_over:
                self._chats_begun += 1
                await self._begin_chat(chat)
        await apply_flags(self._parts, self._account_id, chats, head)
        return following

    async def _begin_chat(self, chat: StoredChat) -> None:
        limit = self._parts.config.sync.first_page
        await self._import_page(chat.provider_chat_id, chat.kind, None, limit)

    async def _import_older(self, position: ImportPosition) -> None:
        await self._import_page(position.provider_chat_id, position.kind, position.cursor, MAX_LIMIT)

    async def _import_page(self, provider_chat_id: str, kind: str, cursor: str | None, limit: int) -> None:
        try:
            page = await self._pages.unipile.list_chat_messages(provider_chat_id, cursor, limit)
        except Rejected as error:
            # The chat was deleted or the cursor has expired; the other chats must not wait for it.
            log.info("chat_not_imported", account_id=self._account_id, error=error.type)
            page = RawPage([], None)
        await self._pages.store(page.items, kind)
        await self._parts.database.write(
            sync_state.save_position, self._account_id, provider_chat_id, kind, page.cursor
        )
        if time.monotonic() - self._published_at > PROGRESS_SECONDS:
            await self.publish_progress()

    async def publish_progress(self) -> None:
        self._published_at = time.monotonic()
        bumped = await self._parts.database.write(sync_state.bump_account_seq, self._account_id)
        if bumped is not None:
            push = account_push(self._account_id, *bumped)
            await publish(self._parts.redis, self._account_id, [push])
