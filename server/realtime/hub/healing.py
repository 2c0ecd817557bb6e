"""Closes gaps in the feeds with what the rows say, and notices when the database has become an older copy."""

import asyncio

import structlog

from server.errors import ConfabError
from server.realtime.events import reset_frame
from server.realtime.hub.background import Background
from server.realtime.hub.delivery import Delivery
from server.realtime.hub.room_members import Membership
from server.realtime.rooms import Listeners
from server.realtime.rows import Rows

log = structlog.get_logger()

# A publish that was overtaken by the next one arrives within this time; a gap that stays open is read from the rows.
GAP_SECONDS = 0.25


class Healing:
    """Reads the rows of the accounts that sockets of this process listen to."""

    def __init__(
        self, membership: Membership, delivery: Delivery, rows: Rows, background: Background
    ) -> None:
        self._membership = membership
        self._delivery = delivery
        self._rows = rows
        self._background = background

    def close_gap(self, account_id: int, listeners: Listeners) -> None:
        """Read the rows soon if the feed has a gap that no publish has closed by then."""
        if listeners.feed.has_gap and listeners.feed.head is not None:
            self._heal_soon(account_id, listeners)

    def compare_heads_soon(self) -> None:
        self._background.spawn(self.compare_heads())

    async def compare_heads(self) -> None:
        """Compare every feed with its account's head seq: one query, and one more for each account that is behind.

        A head below what was received before the query means that the rows are an older copy: a backup was restored,
        or a lagging replica took over.
        """
        received = {
            account_id: known.feed.head or 0 for account_id, known in self._membership.accounts.items()
        }
        try:
            heads = await self._rows.read_heads(list(received))
        except ConfabError as error:
            log.warning("heads_failed", error=error.code)
            return
        for account_id, head in heads.items():
            if (listeners := self._membership.accounts.get(account_id)) is None:
                continue
            if head < received[account_id]:
                self._go_back(account_id, listeners, head)
            elif listeners.feed.is_behind(head):
                self._heal_soon(account_id, listeners, head)

    def _go_back(self, account_id: int, listeners: Listeners, head: int) -> None:
        log.warning("account_went_back", account_id=account_id, heard=listeners.feed.head, head=head)
        listeners.feed.restart(head)
        self._delivery.send(listeners.everyone, reset_frame(account_id))

    def _heal_soon(self, account_id: int, listeners: Listeners, head: int = 0) -> None:
        if listeners.healing is None:
            listeners.healing = self._background.spawn(self._heal_after_delay(account_id, listeners, head))

    async def _heal_after_delay(self, account_id: int, listeners: Listeners, head: int) -> None:
        try:
            await asyncio.sleep(GAP_SECONDS)
            if listeners.feed.has_gap or listeners.feed.is_behind(head):
                await self._heal(account_id, listeners)
        finally:
            listeners.healing = None

    async def _heal(self, account_id: int, listeners: Listeners) -> None:
        try:
            pushes, head = await self._rows.read_changes(account_id, listeners.feed.head or 0)
        except ConfabError as error:
            log.warning("heal_failed", account_id=account_id, error=error.code)
            return  # the next comparison of heads finds the same gap
        self._delivery.send_pushes(listeners, listeners.feed.heal(pushes, head))
