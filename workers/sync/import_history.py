"""Imports the past of a number: the newest page of every chat first, so that the inbox is of use, then the depths."""

import time
from typing import Any

import structlog

from server.queue import IMPORT_HISTORY, enqueue
from server.realtime.broker import publish
from server.realtime.pushes import account_push
from server.store.accounts import sync_state
from server.store.accounts.sync_state import ClaimedImport, ImportPosition
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
# A job works so long and queues the next: places are shared among accounts, and a kill costs little.
STINT_SECONDS = 15.0
# The job after a stint is in the queue; only when it has not run for so long was it lost.
LOST_SECONDS = 120.0
PROGRESS_SECONDS = 1.0


async def import_history(ctx: dict[Any, Any], account_id: int) -> None:
    """Carry an account's import on. How far it is stands in the database, each page is stored once however often it
    is read: safe to run again, and to be cut off anywhere.
    """
    parts = parts_of(ctx)
    claimed = await parts.database.write(sync_state.lease_import, account_id, LEASE_SECONDS)
    if claimed is None:
        return
    work = _Work(parts, account_id, claimed)
    try:
        async with renewed_lease(parts, account_id, sync_state.renew_import):
            is_done = await work.carry_on()
    except Rejected as error:
        # Signed out, or gone: the round asks again when the number is connected.
        log.info("import_refused", account_id=account_id, error=error.type)
        return
    finally:
        await parts.database.write(sync_state.release_import, account_id, LOST_SECONDS)
    is_wanted = is_done and await parts.database.write(sync_state.finish_import, account_id)
    if is_done:
        await work.tell()
        log.info("import_done", account_id=account_id)
    if not is_done or is_wanted:
        await enqueue(parts.redis, IMPORT_HISTORY, account_id)


class _Work:
    """One stint of one import."""

    def __init__(self, parts: Parts, account_id: int, claimed: ClaimedImport) -> None:
        self._parts = parts
        self._account_id = account_id
        self._cursor = claimed.cursor
        self._is_listed = claimed.is_listed
        self._external_account_id = claimed.external_account_id
        late_seconds = parts.config.sync.late_seconds
        self._reader = PageStore(parts, account_id, claimed.external_account_id, late_seconds)
        self._until = time.monotonic() + STINT_SECONDS
        self._told_at = 0.0
        self._begun = 0

    @property
    def _is_over(self) -> bool:
        return time.monotonic() > self._until

    async def carry_on(self) -> bool:
        """True when nothing is left."""
        while not self._is_over:
            if not self._is_listed:
                await self._list_chats()
            elif (
                place := await self._parts.database.read(sync_state.next_position, self._account_id)
            ) is None:
                return True
            else:
                await self._read_deeper(place)
        return False

    async def _list_chats(self) -> None:
        """One page of the chat list, the first page of each chat on it."""
        following = await self._begin_page(self._cursor)
        if following is None and not self._is_over and self._cursor is not None:
            await self._look_again()
        if self._is_over:
            return  # The same page again in the next stint: what was begun is skipped.
        await self._parts.database.write(sync_state.save_listed, self._account_id, following)
        self._cursor, self._is_listed = following, following is None

    async def _look_again(self) -> None:
        """A chat in which somebody wrote meanwhile has moved from the pages to come to those that were read."""
        cursor: str | None = None
        while not self._is_over:
            begun_before = self._begun
            cursor = await self._begin_page(cursor)
            if cursor is None or self._begun == begun_before:
                return

    async def _begin_page(self, cursor: str | None) -> str | None:
        head = await self._parts.database.read(phone_flags.fetch_head, self._account_id)
        chats, following = await self._reader.unipile.list_chats(
            self._external_account_id, cursor, CHATS_PER_PAGE
        )
        ids = [chat.provider_chat_id for chat in chats]
        begun = await self._parts.database.read(sync_state.list_begun, self._account_id, ids)
        for chat in chats:
            if chat.provider_chat_id not in begun and not self._is_over:
                self._begun += 1
                await self._begin(chat)
        await apply_flags(self._parts, self._account_id, chats, head)
        return following

    async def _begin(self, chat: StoredChat) -> None:
        limit = self._parts.config.sync.first_page
        await self._take(chat.provider_chat_id, chat.kind, None, limit)

    async def _read_deeper(self, place: ImportPosition) -> None:
        await self._take(place.provider_chat_id, place.kind, place.cursor, MAX_LIMIT)

    async def _take(self, provider_chat_id: str, kind: str, cursor: str | None, limit: int) -> None:
        try:
            page = await self._reader.unipile.list_chat_messages(provider_chat_id, cursor, limit)
        except Rejected as error:
            # A chat that is gone, or a cursor that is no longer taken: the others are not to wait for it.
            log.info("chat_not_imported", account_id=self._account_id, error=error.type)
            page = RawPage([], None)
        await self._reader.store(page.items, kind)
        await self._parts.database.write(
            sync_state.save_position, self._account_id, provider_chat_id, kind, page.cursor
        )
        if time.monotonic() - self._told_at > PROGRESS_SECONDS:
            await self.tell()

    async def tell(self) -> None:
        """Show the progress to those who look."""
        self._told_at = time.monotonic()
        numbered = await self._parts.database.write(sync_state.bump_account_seq, self._account_id)
        if numbered is not None:
            push = account_push(self._account_id, *numbered)
            await publish(self._parts.redis, self._account_id, [push])
